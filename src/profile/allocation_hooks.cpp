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

// malloc(0) may give nothing, and then is no failure: it is asked again.
void* try_allocate(std::size_t size) noexcept { return std::malloc(size); }

void* try_allocate(std::size_t size, std::align_val_t alignment) noexcept {
    void* block = nullptr;
    std::size_t const at_least = std::max(static_cast<std::size_t>(alignment), sizeof(void*));
    return ::posix_memalign(&block, at_least, std::max<std::size_t>(size, 1)) == 0 ? block : nullptr;
}

unsigned char load_hook_modes() noexcept { return __atomic_load_n(&hook_modes, __ATOMIC_RELAXED); }

// Both sides of an allocation must go by the same measure.
std::size_t size_by(unsigned modes, void* block) noexcept {
    return (modes & counting_sizes) != 0 ? block_size(block) : chunk_block_size(block);
}

// The first block of a thread, one with which a sum passes its mark, an allocator that has to be asked, the question
// whether the hooks are there.
[[gnu::noinline, gnu::cold]] void* counted_slowly(void* block) noexcept {
    unsigned const modes = load_hook_modes();
    if ((modes & probing) != 0) answer_probe();
    if ((modes & (counting_chunks | counting_sizes)) == 0) return block;
    thread_state* const self = attached();
    if (self == nullptr) return block;
    std::size_t const bytes = size_by(modes, block);
    if (!count_allocation(self->memory, bytes)) count_and_look_at_allocation(*self, bytes);
    return block;
}

[[gnu::noinline, gnu::cold]] void release_slowly(void* block) noexcept {
    unsigned const modes = load_hook_modes();
    bool const counts = block != nullptr && (modes & (counting_chunks | counting_sizes)) != 0;
    if (thread_state* const self = counts ? attached() : nullptr; self != nullptr) {
        std::size_t const bytes = size_by(modes, block);
        if (!count_release(self->memory, bytes)) count_and_look_at_release(*self, bytes);
    }
    std::free(block);
}

// What is rare is called last, so that what is usual saves no registers.
[[gnu::always_inline]] inline void* counted(void* block) noexcept {
    if (unsigned const modes = load_hook_modes(); modes != counting_chunks) [[unlikely]] {
        if (modes == 0) return block;
        return counted_slowly(block);
    }
    if (!count_allocation(*this_memory, chunk_block_size(block))) [[unlikely]]
        return counted_slowly(block);
    return block;
}

[[gnu::always_inline]] inline void release(void* block) noexcept {
    if (unsigned const modes = load_hook_modes(); modes != counting_chunks) [[unlikely]] {
        if (modes == 0) return std::free(block);
        return release_slowly(block);
    }
    if (block == nullptr || !count_release(*this_memory, chunk_block_size(block))) [[unlikely]]
        return release_slowly(block);
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
