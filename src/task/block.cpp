// SPDX-License-Identifier: MIT
#include "task/block.hpp"

#include <array>
#include <mutex>
#include <new>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace poise::task::detail {
namespace {

constexpr std::size_t smallest_kept = std::size_t{32} << 10U;
constexpr std::size_t most_kept = std::size_t{64} << 20U;
constexpr std::size_t huge_page = std::size_t{2} << 20U;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps_blocks = false;  // what was given back is not to be touched
#else
constexpr bool keeps_blocks = true;
#endif

std::align_val_t alignment_of(std::size_t size) noexcept { return std::align_val_t{size < huge_page ? 64 : huge_page}; }

void* fresh(std::size_t size) {
    void* const block = ::operator new(size, alignment_of(size));
#if defined(__linux__)
    if (size >= huge_page) (void)::madvise(block, size / huge_page * huge_page, MADV_HUGEPAGE);  // or not
#endif
    return block;
}

void discard(void* block, std::size_t size) noexcept { ::operator delete(block, alignment_of(size)); }

// A graph that is built again asks for the same sizes again, so the exact size and a few places do.
class kept_blocks {
public:
    void* take(std::size_t size) noexcept {
        for (kept& k : places_)
            if (k.size == size) return release(k);
        return nullptr;
    }
    void keep(void* block, std::size_t size) noexcept {
        while (n_bytes_ + size > most_kept || places_[next_].size != 0) discard_oldest();
        places_[next_] = {block, size};
        next_ = (next_ + 1) % places_.size();
        n_bytes_ += size;
    }
    [[nodiscard]] std::size_t n_bytes() const noexcept { return n_bytes_; }

private:
    struct kept {
        void* block = nullptr;
        std::size_t size = 0;  // 0: a free place
    };
    void* release(kept& k) noexcept {
        n_bytes_ -= std::exchange(k.size, 0);
        return k.block;
    }
    void discard_oldest() noexcept {
        std::size_t i = next_;
        while (places_[i].size == 0) i = (i + 1) % places_.size();
        std::size_t const size = places_[i].size;
        discard(release(places_[i]), size);
    }

    std::array<kept, 128> places_{};
    std::size_t next_ = 0;
    std::size_t n_bytes_ = 0;
};

constinit std::mutex mutex;
constinit kept_blocks blocks;

}  // namespace

void* take_block(std::size_t size) {
    if (keeps_blocks && size >= smallest_kept) {
        std::unique_lock const lock{mutex, std::try_to_lock};
        if (lock.owns_lock())
            if (void* const found = blocks.take(size)) return found;
    }
    return fresh(size);
}

void give_back_block(void* block, std::size_t size) noexcept {
    if (keeps_blocks && size >= smallest_kept && size <= most_kept) {
        std::unique_lock const lock{mutex, std::try_to_lock};
        if (lock.owns_lock()) return blocks.keep(block, size);
    }
    discard(block, size);
}

std::size_t kept_in_blocks() noexcept {
    std::scoped_lock const lock{mutex};
    return blocks.n_bytes();
}

}  // namespace poise::task::detail
