// SPDX-License-Identifier: MIT
// Memory taken while profiling: by operator new, and by libraries that do not use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>

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

/// What one thread allocated in a block of code. Bytes are those malloc really gave.
struct memory_block {
    bool measured = false;  ///< the hooks are in effect; all zeros without
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
    std::int64_t retained_bytes = 0;  ///< held at the end and not at the beginning; negative where more was released
    std::uint64_t peak_bytes = 0;     ///< the most that was held at a time above what was held at the beginning

    friend bool operator==(memory_block const&, memory_block const&) = default;
};
/// One line: "12 allocations, 4.00 KiB, peak 1.50 KiB, retained 0 B"; or what has to be linked.
std::ostream& operator<<(std::ostream& out, memory_block const& shown);

/// Counts what this thread allocates while it lives, whether profiling is on or not:
///     profile::memory const used;
///     assemble();
///     std::cout << used.so_far() << '\n';
/// Needs poise::allocation_hooks, as memory per scope does. Memory of C libraries counts into live and peak where they
/// tell of it, account_memory(). Objects nest, with each other and with scopes, and must be destroyed on the thread
/// that made them, in reverse order; reset() in between forgets the peak so far. Cost: a lock at both ends, 0.1 us.
class memory {
public:
    [[nodiscard]] memory() noexcept;
    ~memory();
    memory(memory const&) = delete;
    memory& operator=(memory const&) = delete;

    /// From the beginning to now, on the thread that made the object; all zeros on another.
    [[nodiscard]] memory_block so_far() const noexcept;

private:
    void* on_ = nullptr;
    bool hooked_ = false;
    unsigned generation_ = 0;
    std::uint64_t allocations_ = 0;
    std::uint64_t allocated_bytes_ = 0;
    std::int64_t live_ = 0;
    std::int64_t peak_ = 0;
};

}  // namespace poise::profile
