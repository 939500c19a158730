// SPDX-License-Identifier: MIT
// operator new and operator delete in all their forms, counting when memory profiling is on.
//
// The sanitizers bring their own and check through them; this file is empty then.

#if defined(__has_feature)
#define POISE_HAS_FEATURE(name) __has_feature(name)
#else
#define POISE_HAS_FEATURE(name) 0
#endif

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !POISE_HAS_FEATURE(address_sanitizer) && \
    !POISE_HAS_FEATURE(thread_sanitizer) && !POISE_HAS_FEATURE(memory_sanitizer)

#include "profile/allocation_counters.hpp"
#include "profile/block_size.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace poise::profile::detail {
namespace {

// Nothing but counting is to be done when these of the modes are on and no others.
constexpr unsigned counting = memory_bit | chunks_bit;
constexpr unsigned asked = counting | probe_bit;

// malloc(0) may give nothing, and then is no failure: it is asked again.
void* try_allocate(std::size_t size) noexcept { return std::malloc(size); }

void* try_allocate(std::size_t size, std::align_val_t alignment) noexcept {
    void* block = nullptr;
    std::size_t const at_least = std::max(static_cast<std::size_t>(alignment), sizeof(void*));
    return ::posix_memalign(&block, at_least, std::max<std::size_t>(size, 1)) == 0 ? block : nullptr;
}

// The first block of a thread, a large one, the question whether the hooks are there, an allocator that has to be
// asked.
[[gnu::noinline, gnu::cold]] void* counted_slowly(void* block) noexcept {
    unsigned const modes = load_modes();
    if ((modes & probe_bit) != 0) answer_probe();
    if ((modes & memory_bit) == 0) return block;
    thread_state* const self = attached();
    if (self != nullptr && count_allocation(*self, block_size(block))) look_at_allocation(*self, block);
    return block;
}

[[gnu::noinline, gnu::cold]] void release_slowly(void* block) noexcept {
    thread_state* const self = block == nullptr ? nullptr : attached();
    if (self != nullptr && count_release(*self, block_size(block))) return look_at_release(*self, block);
    std::free(block);
}

// What is rare is called last, so that what is usual saves no registers.
[[gnu::always_inline]] inline void* counted(void* block) noexcept {
    unsigned const modes = load_modes() & asked;
    if ((modes & (memory_bit | probe_bit)) == 0) return block;
    thread_state* const self = this_thread;
    if (modes != counting || self == nullptr || is_mapped_chunk(block)) [[unlikely]]
        return counted_slowly(block);
    if (count_allocation(*self, chunk_block_size(block))) [[unlikely]]
        return look_at_allocation(*self, block);
    return block;
}

[[gnu::always_inline]] inline void release(void* block) noexcept {
    unsigned const modes = load_modes() & counting;
    if ((modes & memory_bit) == 0) return std::free(block);
    thread_state* const self = this_thread;
    if (modes != counting || self == nullptr || block == nullptr || is_mapped_chunk(block)) [[unlikely]]
        return release_slowly(block);
    if (count_release(*self, chunk_block_size(block))) [[unlikely]]
        return look_at_release(*self, block);
    std::free(block);
}

// [new.delete.single]: call the new-handler until memory is there or it gives up.
template <class... Alignment>
[[gnu::noinline, gnu::cold]] void* allocate_with_handler(std::size_t size, Alignment... alignment) {
    std::size_t const at_least = std::max<std::size_t>(size, 1);
    for (;;) {
        if (void* const block = try_allocate(at_least, alignment...); block != nullptr) return counted(block);
        std::new_handler const handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc{};
        handler();
    }
}

template <class... Alignment>
[[gnu::always_inline]] inline void* allocate(std::size_t size, Alignment... alignment) {
    void* const block = try_allocate(size, alignment...);
    if (block == nullptr) [[unlikely]]
        return allocate_with_handler(size, alignment...);
    return counted(block);
}

template <class... Alignment>
void* allocate_or_null(std::size_t size, Alignment... alignment) noexcept {
    try {
        return allocate(size, alignment...);
    } catch (...) {
        return nullptr;
    }
}

}  // namespace
}  // namespace poise::profile::detail

using poise::profile::detail::allocate, poise::profile::detail::allocate_or_null, poise::profile::detail::release;
using std::align_val_t, std::nothrow_t, std::size_t;

void* operator new(size_t size) { return allocate(size); }
void* operator new[](size_t size) { return allocate(size); }
void* operator new(size_t size, nothrow_t const&) noexcept { return allocate_or_null(size); }
void* operator new[](size_t size, nothrow_t const&) noexcept { return allocate_or_null(size); }
void* operator new(size_t size, align_val_t alignment) { return allocate(size, alignment); }
void* operator new[](size_t size, align_val_t alignment) { return allocate(size, alignment); }
void* operator new(size_t size, align_val_t alignment, nothrow_t const&) noexcept {
    return allocate_or_null(size, alignment);
}
void* operator new[](size_t size, align_val_t alignment, nothrow_t const&) noexcept {
    return allocate_or_null(size, alignment);
}

void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, size_t) noexcept { release(block); }
void operator delete[](void* block, size_t) noexcept { release(block); }
void operator delete(void* block, nothrow_t const&) noexcept { release(block); }
void operator delete[](void* block, nothrow_t const&) noexcept { release(block); }
void operator delete(void* block, align_val_t) noexcept { release(block); }
void operator delete[](void* block, align_val_t) noexcept { release(block); }
void operator delete(void* block, size_t, align_val_t) noexcept { release(block); }
void operator delete[](void* block, size_t, align_val_t) noexcept { release(block); }
void operator delete(void* block, align_val_t, nothrow_t const&) noexcept { release(block); }
void operator delete[](void* block, align_val_t, nothrow_t const&) noexcept { release(block); }

#endif
