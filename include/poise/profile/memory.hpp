// SPDX-License-Identifier: MIT
// Memory taken while profiling: by operator new, and by libraries that do not use it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poise::profile {

/// Whether operator new of this program is poise's: the target poise::allocation_hooks must be linked to the program
/// itself. Found out by allocating once. Never under the address, thread and memory sanitizers: they own the heap.
[[nodiscard]] bool hooks_in_effect() noexcept;

/// Tells of memory that a C library took outside operator new (negative: gave back). It counts into the live and peak
/// bytes of the scopes open on this thread, and into memory_usage::library_*. Thread-safe, one atomic addition.
void account_memory(std::ptrdiff_t bytes) noexcept;

/// What the process took since memory profiling was enabled. Bytes are those malloc really gave (malloc_usable_size).
/// live counts what was freed too, so memory taken before and freed since makes it smaller; it is never below 0.
/// The heap's peak is kept in steps of 64 KiB per thread and may be that much too low; the peaks of scopes are exact.
struct memory_usage {
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
    std::uint64_t heap_live_bytes = 0;
    std::uint64_t heap_peak_bytes = 0;
    std::uint64_t library_live_bytes = 0;
    std::uint64_t library_peak_bytes = 0;

    friend bool operator==(memory_usage const&, memory_usage const&) = default;
};
[[nodiscard]] memory_usage process_memory_usage() noexcept;

}  // namespace poise::profile
