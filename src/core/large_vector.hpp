// SPDX-License-Identifier: MIT
// Private to src/: vectors of many numbers, in pages of two megabytes where the system has them.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace poise::detail {

/// Large arrays that are made, filled once and thrown away spend more time on page faults than on their numbers: 512
/// faults for each two megabytes, or one. Only asks: without such pages, the arrays are as others are.
template <class T>
class large_page_allocator {
public:
    using value_type = T;

    large_page_allocator() = default;
    template <class U>
    large_page_allocator(large_page_allocator<U> const&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t n) {
        void* const memory = ::operator new(bytes_for(n), alignment_for(n));
#ifdef __linux__
        if (is_large(n)) (void)::madvise(memory, bytes_for(n), MADV_HUGEPAGE);
#endif
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t n) noexcept { ::operator delete(memory, alignment_for(n)); }

    friend bool operator==(large_page_allocator const&, large_page_allocator const&) = default;

private:
    static constexpr std::size_t page = std::size_t{2} << 20;

    [[nodiscard]] static bool is_large(std::size_t n) { return n >= page / sizeof(T); }
    // Whole pages only: the end of an array would have small ones.
    [[nodiscard]] static std::size_t bytes_for(std::size_t n) {
        if (n > static_cast<std::size_t>(-1) / sizeof(T) - page) throw std::bad_array_new_length{};
        return is_large(n) ? (n * sizeof(T) + page - 1) / page * page : n * sizeof(T);
    }
    [[nodiscard]] static std::align_val_t alignment_for(std::size_t n) {
        return std::align_val_t{is_large(n) ? page : 64};
    }
};

template <class T>
using large_vector = std::vector<T, large_page_allocator<T>>;

}  // namespace poise::detail
