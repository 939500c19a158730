// SPDX-License-Identifier: MIT
// Loops over the threads of the arena that the caller is in.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace poise::task {

namespace detail {
/// A callable of a chunk's number, without a copy of it and without its type.
struct chunk_body {
    void* object;
    void (*call)(void* object, std::size_t chunk);
};
void run_chunks(std::size_t n_chunks, chunk_body body);

struct phase_body {
    void* object;
    void (*call)(void* object, std::size_t phase, std::size_t item, std::size_t thread);
};
void run_phases(std::span<std::size_t const> n_items, std::size_t n_threads, phase_body body);
}  // namespace detail

/// Threads that a loop started here can have: those of the executor whose task this is, one in a task of serial(), or
/// those of the machine; at least 1. A graph that is run within a task shares the threads of the outer run: its loops
/// can have those, however few its own executor allows for tasks.
[[nodiscard]] std::size_t available_threads() noexcept;

/// Calls body(first, last) for n_chunks consecutive, nearly equal parts of [0, n), in any order and at the same time;
/// the caller works too and returns when all are done. Within a task of an executor only that executor's threads take
/// part, and none of them begins another task meanwhile. Rethrows the first exception of a body; parts that have not
/// begun then may be left out. One part is called directly, at the cost of a function call; several cost a few
/// microseconds. n_chunks beyond n is n.
template <class Body>
void parallel_for(std::size_t n, std::size_t n_chunks, Body&& body) {
    if (n_chunks > n) n_chunks = n;
    if (n == 0) return;
    if (n_chunks <= 1) {
        body(std::size_t{0}, n);
        return;
    }
    auto chunk = [&body, n, n_chunks](std::size_t c) {
        std::size_t const whole = n / n_chunks, rest = n % n_chunks;
        std::size_t const first = c * whole + (c < rest ? c : rest);
        body(first, first + whole + (c < rest ? 1 : 0));
    };
    detail::run_chunks(n_chunks, {std::addressof(chunk),
                                  [](void* object, std::size_t c) { (*static_cast<decltype(chunk)*>(object))(c); }});
}

/// Calls body(phase, item, thread) for the items [0, n_items[phase]) of one phase after the other: all items of a phase
/// are done before one of the next begins. Whoever is free takes the next item, `thread` < n_threads tells apart who,
/// and nobody is waited for but who has taken an item: threads that come late find less to do, and a thread that never
/// comes costs nothing. So the threads are woken once, not once a phase. Otherwise as parallel_for(); after an
/// exception the items that have not begun are left out.
template <class Body>
void parallel_phases(std::span<std::size_t const> n_items, std::size_t n_threads, Body&& body) {
    detail::run_phases(n_items, n_threads,
                       {const_cast<void*>(static_cast<void const*>(std::addressof(body))),
                        [](void* object, std::size_t phase, std::size_t item, std::size_t thread) {
                            (*static_cast<std::remove_reference_t<Body>*>(object))(phase, item, thread);
                        }});
}

}  // namespace poise::task
