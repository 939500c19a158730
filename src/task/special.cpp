// SPDX-License-Identifier: MIT
#include "task/special.hpp"

#include "task/engine.hpp"
#include "task/run_state.hpp"

#include <poise/core/concat.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace poise::task::detail {
namespace {

using clock = std::chrono::steady_clock;

// Ends early when the run is asked to stop.
void pause(run_state const& run, std::chrono::nanoseconds how_long) {
    if (how_long.count() <= 0) return;
    std::mutex mutex;
    std::unique_lock lock{mutex};
    std::condition_variable_any never;
    (void)never.wait_for(lock, run.stop, how_long, [] { return false; });
}

verdict attempt_once(plan::special const& s, frame const& in, std::uint32_t id) {
    auto const start = clock::now();
    frame own = in;
    if (is_limited(s.options)) own.deadline = start + s.options.timeout;
    verdict const came = s.call(s.body, own, id);
    if (auto const end = clock::now(); end >= own.deadline) {
        std::byte* const result = in.results + s.offset;
        if (came == verdict::done && s.result->destroy != nullptr) s.result->destroy(result);
        auto const seconds = [](auto t) { return seconds_to_text(std::chrono::duration<double>(t).count()); };
        throw timeout_error{concat("took ", seconds(end - start), "; its timeout is ", seconds(s.options.timeout))};
    }
    return came;
}

verdict attempt(plan::special const& s, frame const& in, std::uint32_t id) {
    for (frame own = in;; ++own.attempt) {
        if (s.options.retries > 0) in.run->count_attempts(id, own.attempt);
        std::exception_ptr thrown;
        try {
            return attempt_once(s, own, id);
        } catch (abi::__forced_unwind&) {
            throw;
        } catch (...) {
            thrown = std::current_exception();
        }
        bool const again = own.attempt <= s.options.retries && !stop_requested(*in.run);
        if (again) pause(*in.run, pause_before(own.attempt, s.options));
        if (!again || stop_requested(*in.run)) std::rethrow_exception(thrown);
    }
}

}  // namespace

std::chrono::nanoseconds pause_before(int n, task_options const& options) noexcept {
    constexpr std::chrono::nanoseconds longest = std::chrono::hours{1};
    auto pause = std::min(options.backoff, longest);
    for (int k = 1; k < n && pause.count() > 0 && pause < longest; ++k) pause = std::min(2 * pause, longest);
    return pause;
}

verdict run_special(void const* body, frame const& in, std::uint32_t id) {
    auto const& s = *static_cast<plan::special const*>(body);
    if (!s.options.uses.empty() && !in.engine->take(s.options.uses, id)) return verdict::suspended;
    try {
        verdict const came = in.pool != nullptr ? in.engine->start_elsewhere(id) : attempt(s, in, id);
        // One that ends later gives back when its end is told.
        if (came != verdict::suspended) engine::give_back(s.options.uses);
        return came;
    } catch (...) {
        engine::give_back(s.options.uses);
        throw;
    }
}

}  // namespace poise::task::detail
