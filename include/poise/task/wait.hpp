// SPDX-License-Identifier: MIT
// What a coroutine can wait for.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/async.hpp>

#include <chrono>
#include <concepts>
#include <coroutine>

namespace poise::task {

namespace detail {

template <class Result>
class wait_awaiter {
public:
    explicit wait_awaiter(wait_request const& request) noexcept : request_{request} {}

    [[nodiscard]] bool await_ready() const noexcept {
        return request_.descriptor < 0 && request_.until <= std::chrono::steady_clock::now();
    }
    template <std::derived_from<promise_base> Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) noexcept {
        chain_ = &waiting.promise().chain();
        chain_->wait(request_, waiting);
    }
    Result await_resume() const {
        bool const met = chain_ == nullptr || chain_->met();
        if constexpr (!std::is_void_v<Result>) return met;
    }

private:
    wait_request request_;
    await_chain* chain_ = nullptr;
};

template <class Result>
inline constexpr bool is_awaitable<wait_awaiter<Result>> = true;

// A century is for ever, and would be too late for the clock.
template <class Rep, class Period>
[[nodiscard]] std::chrono::steady_clock::time_point in_time(std::chrono::duration<Rep, Period> const& from_now) {
    using clock = std::chrono::steady_clock;
    POISE_REQUIRE(from_now == from_now, "task: the time to wait is not a number");
    if (from_now >= std::chrono::hours{24 * 365 * 100}) return clock::time_point::max();
    if (from_now <= from_now.zero()) return clock::now();
    return clock::now() + std::chrono::ceil<clock::duration>(from_now);
}

[[nodiscard]] wait_request checked(int descriptor, bool to_write, std::chrono::steady_clock::time_point until);

}  // namespace detail

/// To be awaited in a task::async coroutine: until that moment, for that time, or until the file descriptor can be read
/// or written without blocking (also when there is nothing more to read, and on errors, as poll(2)); those with a limit
/// result in false where only the limit was reached. A regular file can always be read.
/// Meanwhile no thread of the executor waits: one thread of the process does, for all of them. (In task::serial() the
/// next task begins when this one is done, in task::processes() the process waits with its task.)
/// Wakes with stopped_error when the run is asked to stop, with timeout_error when the task has had its time,
/// task_options::timeout. Awaiting throws std::invalid_argument for a descriptor that is not open, poise::error where
/// the system has no room to wait. A descriptor must stay open while it is waited for.
/// Cost: 0.2 us for a descriptor that is ready, some microseconds to wait, more where a thread has to wake.
[[nodiscard]] inline auto sleep_until(std::chrono::steady_clock::time_point moment) noexcept {
    return detail::wait_awaiter<void>{{.until = moment}};
}
template <class Rep, class Period>
[[nodiscard]] auto sleep_for(std::chrono::duration<Rep, Period> const& time) {
    return sleep_until(detail::in_time(time));
}
[[nodiscard]] inline auto readable(int descriptor) {
    return detail::wait_awaiter<void>{detail::checked(descriptor, false, std::chrono::steady_clock::time_point::max())};
}
template <class Rep, class Period>
[[nodiscard]] auto readable(int descriptor, std::chrono::duration<Rep, Period> const& limit) {
    return detail::wait_awaiter<bool>{detail::checked(descriptor, false, detail::in_time(limit))};
}
[[nodiscard]] inline auto writable(int descriptor) {
    return detail::wait_awaiter<void>{detail::checked(descriptor, true, std::chrono::steady_clock::time_point::max())};
}
template <class Rep, class Period>
[[nodiscard]] auto writable(int descriptor, std::chrono::duration<Rep, Period> const& limit) {
    return detail::wait_awaiter<bool>{detail::checked(descriptor, true, detail::in_time(limit))};
}

}  // namespace poise::task
