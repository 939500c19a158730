// SPDX-License-Identifier: MIT
// Thousands of results through a sink, of which only a few exist at a time.
#pragma once

#include <poise/core/error.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task {

struct stream_options {
    bool in_order = true;       ///< results reach the sink by their index; otherwise as they come
    std::size_t in_flight = 0;  ///< results that may wait for their turn, when in order; 0: four a thread
};

/// Computes f(i) for i = 0 … n-1 and gives each result to sink(i, result), never to two at once. Of an ensemble of
/// thousands no more results exist than there are threads, or in_flight when they are to come in order.
///   task::stream(10'000, [&](std::size_t i) { return solve(i); }, [&](std::size_t i, field&& u) { file.append(i, u);
///   });
/// An f(i) that throws fails its task, named "compute[i]", and is not given to the sink; the others are. A sink that
/// throws fails "give[i]", and nothing is given after that. The run that is returned tells which; its tasks have no
/// results. Throws std::invalid_argument when `by` runs tasks in other processes, whose results have to be kept; as
/// executor::run(). Cost: two tasks each when in order, 300 bytes; otherwise one.
template <class F, class Sink, class T = std::invoke_result_t<F const&, std::size_t>>
requires(!std::is_void_v<T> && std::is_invocable_v<Sink&, std::size_t, T>) [[nodiscard]] run
    stream(std::size_t n, F const& f, Sink&& sink, executor const& by = executor{}, stream_options const& options = {},
           run_options const& how = {}) {
    static_assert(!detail::is_async<T>, "stream: a coroutine would reach the sink, not its result; use graph::map()");
    POISE_REQUIRE(by.runs_here(), "stream: results of other processes have to be kept; use threads or serial()");
    graph g;
    if (!options.in_order) {
        auto const mutex = std::make_shared<std::mutex>();
        (void)g.map("compute", n, [&f, &sink, mutex](std::size_t i) {
            auto result = f(i);
            std::scoped_lock const lock{*mutex};
            sink(i, std::move(result));
        });
        return by.run(g, how);
    }
    // Result i waits in place i mod in_flight; its place is free when the one before it there was given away.
    std::size_t const in_flight =
        options.in_flight > 0 ? options.in_flight : 4 * static_cast<std::size_t>(by.threads());
    auto const places = std::make_shared<std::vector<std::optional<T>>>(std::min(n, in_flight));
    auto const computed =
        g.map("compute", n, [&f, places](std::size_t i) { (*places)[i % places->size()].emplace(f(i)); });
    auto const given = g.map("give", n, [&sink, places](std::size_t i) {
        auto& place = (*places)[i % places->size()];
        if (!place) return;  // it failed
        auto result = std::move(*place);
        place.reset();
        sink(i, std::move(result));
    });
    for (std::size_t i = 0; i < n; ++i) {
        g.after(given[i], settled(computed[i]));
        if (i > 0) g.after(given[i], given[i - 1]);
        if (i >= in_flight) g.after(computed[i], given[i - in_flight]);
    }
    return by.run(g, how);
}

}  // namespace poise::task
