// SPDX-License-Identifier: MIT
#include <poise/core/memory.hpp>

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

// Fresh pages straight from the kernel: an allocator may hand out pages that are resident already.
class fresh_pages {
public:
    explicit fresh_pages(std::size_t size)
        : size_{size},
          data_{static_cast<char*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))} {
    }
    ~fresh_pages() { ::munmap(data_, size_); }
    fresh_pages(fresh_pages const&) = delete;
    fresh_pages& operator=(fresh_pages const&) = delete;

    void touch() {
        char volatile* const bytes = data_;
        for (std::size_t i = 0; i < size_; i += 1024) bytes[i] = 1;
    }

private:
    std::size_t size_;
    char* data_;
};

TEST(Memory, AvailableIsSomeOfWhatTheMachineHas) {
    auto const installed =
        static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    EXPECT_GT(poise::available_memory_bytes(), 0U);
    EXPECT_LE(poise::available_memory_bytes(), installed);
}

TEST(Memory, ResidentSetIsPositiveAndBelowItsPeak) {
    auto const resident = poise::process_resident_memory();
    EXPECT_GT(resident.now_bytes, 0U);
    EXPECT_GE(resident.peak_bytes, resident.now_bytes);
}

TEST(Memory, TouchedPagesAreCountedAndThePeakStays) {
    auto const before = poise::process_resident_memory();
    {
        fresh_pages pages{64 * mebibyte};
        pages.touch();
        auto const with_pages = poise::process_resident_memory();
        // The kernel counts per thread and in batches, so a few pages may be missing from 64 MiB.
        EXPECT_GE(with_pages.now_bytes, before.now_bytes + 60 * mebibyte);
        EXPECT_GE(with_pages.peak_bytes, before.now_bytes + 60 * mebibyte);
    }
    auto const after = poise::process_resident_memory();
    EXPECT_LE(after.now_bytes, before.now_bytes + 4 * mebibyte);
    EXPECT_GE(after.peak_bytes, before.now_bytes + 60 * mebibyte);
}

}  // namespace
