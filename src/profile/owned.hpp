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
    void store(T next) noexcept { __atomic_store(&value, &next, __ATOMIC_RELAXED); }
    /// What the writer wrote before publish() is seen by who reads the value with acquire().
    [[nodiscard]] T acquire() const noexcept {
        T seen;
        __atomic_load(&value, &seen, __ATOMIC_ACQUIRE);
        return seen;
    }
    void publish(T next) noexcept { __atomic_store(&value, &next, __ATOMIC_RELEASE); }
    void add(T amount) noexcept { store(static_cast<T>(load() + amount)); }
    void raise(T candidate) noexcept {
        if (candidate > load()) store(candidate);
    }
    void lower(T candidate) noexcept {
        if (candidate < load()) store(candidate);
    }
};

}  // namespace poise::profile::detail
