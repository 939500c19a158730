// SPDX-License-Identifier: MIT
#include "support/failing_allocations.hpp"

#include <cstdlib>

namespace poise_test {

planned_failures failures;

namespace {

bool fails_now() {
    if (failures.n_until_failure < 0 || failures.n_until_failure-- > 0) return false;
    if (failures.how == failure::lasting) failures.n_until_failure = 0;
    ++failures.n_failed;
    return true;
}

}  // namespace
}  // namespace poise_test

// What the linker puts in the place of malloc and the others (--wrap), and their true selves.
extern "C" {
void* __real_malloc(std::size_t);
void* __real_calloc(std::size_t, std::size_t);
void* __real_realloc(void*, std::size_t);
void __real_free(void*);

void* __wrap_malloc(std::size_t size) {
    if (poise_test::fails_now()) return nullptr;
    ++poise_test::failures.n_live;
    return __real_malloc(size);
}
void* __wrap_calloc(std::size_t n, std::size_t size) {
    if (poise_test::fails_now()) return nullptr;
    ++poise_test::failures.n_live;
    return __real_calloc(n, size);
}
void* __wrap_realloc(void* block, std::size_t size) {
    if (poise_test::fails_now()) return nullptr;
    poise_test::failures.n_live += block == nullptr ? 1 : 0;
    return __real_realloc(block, size);
}
void __wrap_free(void* block) {
    poise_test::failures.n_live -= block != nullptr ? 1 : 0;
    __real_free(block);
}
}

void* operator new(std::size_t size) {
    if (void* const block = __wrap_malloc(size)) return block;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    if (poise_test::fails_now()) throw std::bad_alloc{};
    ++poise_test::failures.n_live;
    std::size_t const unit = static_cast<std::size_t>(alignment);
    return std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}
// The standard library's call those above; a sanitizer's do not.
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return operator new(size, alignment); }
void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete[](void* block, std::size_t) noexcept { operator delete(block); }
void operator delete[](void* block, std::align_val_t alignment) noexcept { operator delete(block, alignment); }
void operator delete[](void* block, std::size_t, std::align_val_t alignment) noexcept {
    operator delete(block, alignment);
}
void operator delete(void* block) noexcept { __wrap_free(block); }
void operator delete(void* block, std::size_t) noexcept { __wrap_free(block); }
void operator delete(void* block, std::align_val_t) noexcept { __wrap_free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { __wrap_free(block); }
