// SPDX-License-Identifier: MIT
// A loop over the threads of the arena that the caller is in.
#pragma once

#include <cstddef>
#include <memory>

namespace poise::task {

namespace detail {
/// A callable of a chunk's number, without a copy of it and without its type.
struct chunk_body {
    void* object;
    void (*call)(void* object, std::size_t chunk);
};
void run_chunks(std::size_t n_chunks, chunk_body body);
}  // namespace detail

/// Threads that a loop started here can have: those of the executor whose task this is, or of the machine; at least 1.
[[nodiscard]] std::size_t available_threads() noexcept;

/// Calls body(first, last) for n_chunks consecutive, nearly equal parts of [0, n), in any order and at the same time;
/// the caller works too and returns when all are done. Within a task of an executor only that executor's threads take
/// part, and none of them begins another task meanwhile. Rethrows the first exception of a body; parts that have not
/// begun then may be left out. One part is called directly, at the cost of a function call; several cost a few
/// microseconds. n_chunks beyond n is n.
template <class Body>
void parallel_for(std::size_t n, std::size_t n_chunks, Body&& body) {
    if (n_chunks > n) n_chunks = n;
    if (n_chunks == 0) return;
    if (n_chunks == 1) return body(std::size_t{0}, n);
    auto chunk = [&body, n, n_chunks](std::size_t c) {
        std::size_t const whole = n / n_chunks, rest = n % n_chunks;
        std::size_t const first = c * whole + (c < rest ? c : rest);
        body(first, first + whole + (c < rest ? 1 : 0));
    };
    detail::run_chunks(n_chunks, {std::addressof(chunk),
                                  [](void* object, std::size_t c) { (*static_cast<decltype(chunk)*>(object))(c); }});
}

}  // namespace poise::task
