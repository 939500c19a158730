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

void* counted(void* block) noexcept {
    unsigned const modes = load_modes();
    if ((modes & (memory_bit | probe_bit)) != 0) [[unlikely]] {
        if ((modes & probe_bit) != 0) answer_probe();
        if ((modes & memory_bit) != 0 && block != nullptr) count_allocation(block_size(block));
    }
    return block;
}

void release(void* block) noexcept {
    if ((load_modes() & memory_bit) != 0 && block != nullptr) [[unlikely]]
        count_release(block_size(block));
    std::free(block);
}

void* try_allocate(std::size_t size) noexcept { return std::malloc(std::max<std::size_t>(size, 1)); }

void* try_allocate(std::size_t size, std::align_val_t alignment) noexcept {
    void* block = nullptr;
    std::size_t const at_least = std::max(static_cast<std::size_t>(alignment), sizeof(void*));
    return ::posix_memalign(&block, at_least, std::max<std::size_t>(size, 1)) == 0 ? block : nullptr;
}

// [new.delete.single]: call the new-handler until memory is there or it gives up.
template <class... Alignment>
void* allocate(std::size_t size, Alignment... alignment) {
    for (;;) {
        if (void* const block = try_allocate(size, alignment...); block != nullptr) return counted(block);
        std::new_handler const handler = std::get_new_handler();
        if (handler == nullptr) throw std::bad_alloc{};
        handler();
    }
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
