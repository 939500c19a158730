// SPDX-License-Identifier: MIT
#include "task/special.hpp"

#include "task/engine.hpp"
#include "task/run_state.hpp"

#include <poise/core/concat.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace poise::task::detail {
namespace {

using clock = std::chrono::steady_clock;

verdict attempt_once(plan::special const& s, frame const& in, std::uint32_t id, interrupted& kept) {
    if (!kept.coroutine) kept.began = clock::now();
    frame own = in;
    own.attempt = kept.attempt;
    if (is_limited(s.options)) own.deadline = kept.began + s.options.timeout;
    verdict const came = s.call(s.body, own, id);
    if (came == verdict::suspended) return came;  // what is kept is another thread's
    if (auto const end = clock::now(); end >= own.deadline) {
        if (came == verdict::done && s.result->destroy != nullptr) s.result->destroy(in.results + s.offset);
        throw timeout_error{took_too_long(end - kept.began, s.options)};
    }
    return came;
}

bool may_repeat(plan::special const& s, frame const& in, interrupted const& kept) noexcept {
    return kept.attempt <= s.options.retries && !stop_requested(*in.run);
}

// Suspends it until the pause is over. False where there is no means to wait: then there is no pause.
bool pause(plan::special const& s, interrupted& kept, std::exception_ptr thrown) noexcept {
    kept.thrown = std::move(thrown);
    try {
        kept.wait.begin({.until = clock::now() + pause_before(kept.attempt, s.options)}, clock::time_point::max());
        return true;
    } catch (...) {
        kept.thrown = nullptr;
        return false;
    }
}

// Attempts, until one succeeds, is suspended, or was the last.
verdict attempt(plan::special const& s, frame const& in, std::uint32_t id, interrupted& kept) {
    for (;; ++kept.attempt) {
        if (s.options.retries > 0) in.run->count_attempts(id, kept.attempt);
        try {
            verdict const came = attempt_once(s, in, id, kept);
            if (came != verdict::suspended) end_special(s, in, id);
            return came;
        } catch (abi::__forced_unwind&) {
            throw;
        } catch (...) {
            if (!may_repeat(s, in, kept)) throw;
            if (s.options.backoff.count() > 0 && pause(s, kept, std::current_exception())) return verdict::suspended;
        }
    }
}

}  // namespace

std::string took_too_long(std::chrono::nanoseconds time, task_options const& options) {
    auto const seconds = [](auto t) { return seconds_to_text(std::chrono::duration<double>(t).count()); };
    return concat("took ", seconds(time), "; its timeout is ", seconds(options.timeout));
}

std::chrono::nanoseconds pause_before(int n, task_options const& options) noexcept {
    constexpr std::chrono::nanoseconds longest = std::chrono::hours{1};
    auto pause = std::min(options.backoff, longest);
    for (int k = 1; k < n && pause.count() > 0 && pause < longest; ++k) pause = std::min(2 * pause, longest);
    return pause;
}

void end_special(plan::special const& s, frame const& in, std::uint32_t id) noexcept {
    engine::give_back(s.options.uses);
    in.engine->forget_interrupted(id);
}

bool try_again(plan::special const& s, frame const& in, std::uint32_t id) noexcept {
    auto& kept = in.engine->interrupted_at(id);
    if (!may_repeat(s, in, kept)) return false;
    auto const thrown = in.engine->run().take_thrown(id);
    if (s.options.backoff.count() > 0 && pause(s, kept, thrown)) return true;
    try {
        kept.thrown = thrown;
        in.engine->suspend(id);
        in.engine->resume(id, news::resumed);
        return true;
    } catch (...) {
        in.engine->run().keep(id, std::exchange(kept.thrown, nullptr));
        return false;
    }
}

verdict run_special(void const* body, frame const& in, std::uint32_t id) {
    auto const& s = *static_cast<plan::special const*>(body);
    auto& kept = in.engine->interrupted_at(id);
    try {
        if (kept.attempt == 0 && !in.engine->take(s.options.uses, id, kept)) return verdict::suspended;
    } catch (...) {
        in.engine->drop_taken(id, false);
        throw;
    }
    try {
        if (kept.thrown) {  // the pause is over
            auto const thrown = std::exchange(kept.thrown, nullptr);
            if (stop_requested(*in.run)) std::rethrow_exception(thrown);
            ++kept.attempt;
        } else if (kept.attempt == 0) {
            kept.attempt = 1;
            in.engine->mark_start(id);
        }
        return in.pool != nullptr ? in.engine->start_elsewhere(id) : attempt(s, in, id, kept);
    } catch (...) {
        end_special(s, in, id);
        throw;
    }
}

}  // namespace poise::task::detail
