// SPDX-License-Identifier: MIT
// What one thread writes and any may read.
#pragma once

#include <type_traits>

namespace poise::profile::detail {

/// Written by one thread, read by any: plain loads and stores to the machine, and no data race. Trivial on purpose.
template <class T>
struct owned {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;

    [[nodiscard]] T load() const noexcept {
        T seen;
        __atomic_load(&value, &seen, __ATOMIC_RELAXED);
        return seen;
    }
    /// For the writer: nobody else changes the value, and a plain load can be part of the instruction that needs it.
    [[nodiscard]] T own() const noexcept { return value; }
    void store(T next) noexcept { __atomic_store(&value, &next, __ATOMIC_RELAXED); }
    /// What the writer wrote before publish() is seen by who reads the value with acquire().
    [[nodiscard]] T acquire() const noexcept {
        T seen;
        __atomic_load(&value, &seen, __ATOMIC_ACQUIRE);
        return seen;
    }
    void publish(T next) noexcept { __atomic_store(&value, &next, __ATOMIC_RELEASE); }
    /// One instruction where there is one, which compilers do not make of an atomic load and an atomic store.
    void add(T amount) noexcept {
#if defined(__x86_64__)
        if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
            asm("addq %1, %0" : "+m"(value) : "er"(amount) : "cc");
            return;
        }
#endif
        store(static_cast<T>(own() + amount));
    }
    void raise(T candidate) noexcept {
        if (candidate > own()) store(candidate);
    }
    void lower(T candidate) noexcept {
        if (candidate < own()) store(candidate);
    }
};

}  // namespace poise::profile::detail
