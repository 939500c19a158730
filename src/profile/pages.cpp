// SPDX-License-Identifier: MIT
#include "profile/pages.hpp"

#include <sys/mman.h>

#include <atomic>

namespace poise::profile::detail {
namespace {

constinit std::atomic<std::uint64_t> mapped{0};

}  // namespace

void* map_pages(std::size_t bytes) noexcept {
    void* const pages =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) return nullptr;
    mapped.fetch_add(bytes, std::memory_order_relaxed);
    return pages;
}

void unmap_pages(void* pages, std::size_t bytes) noexcept {
    ::munmap(pages, bytes);
    mapped.fetch_sub(bytes, std::memory_order_relaxed);
}

std::uint64_t mapped_bytes() noexcept { return mapped.load(std::memory_order_relaxed); }

void* arena::allocate(std::size_t bytes) noexcept {
    std::size_t const rounded = (bytes + 7) / 8 * 8;
    if (rounded > left_) {
        auto* const pages = static_cast<char*>(map_pages(chunk_bytes));
        if (pages == nullptr) return nullptr;
        next_ = pages;
        left_ = chunk_bytes;
    }
    void* const taken = next_;
    next_ += rounded;
    left_ -= rounded;
    return taken;
}

}  // namespace poise::profile::detail
