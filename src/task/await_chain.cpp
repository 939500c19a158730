// SPDX-License-Identifier: MIT
#include "task/engine.hpp"
#include "task/event_loop.hpp"
#include "task/run_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/control.hpp>
#include <poise/task/await_chain.hpp>
#include <poise/task/outcome.hpp>
#include <poise/task/wait.hpp>

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace poise::task::detail {
namespace {

using clock = std::chrono::steady_clock;

// How long a thread waits for a descriptor before it looks whether another process asked the run to stop.
constexpr std::chrono::milliseconds stop_interval{50};

std::string text_of(wait_request const& request) {
    if (request.descriptor < 0) return "it slept";
    return concat("it waited to ", request.to_write ? "write to" : "read from", " file descriptor ",
                  request.descriptor);
}

pollfd polled_for(wait_request const& request) noexcept {
    return {request.descriptor, static_cast<short>(request.to_write ? POLLOUT : POLLIN), 0};
}

profile::detail::node const* open_scope() noexcept {
    return profile::enabled() ? profile::detail::current_node() : nullptr;
}

}  // namespace

// What it waits for, and what came of that.
struct await_chain::waiting {
    wait_request asked;
    bool wanted = false;
    bool begun = false;  // at the event loop, which knows what came of it
    event_loop::why came = event_loop::why::ready;
    std::exception_ptr problem;
    profile::detail::node const* scope = nullptr;  // that was open when the coroutine went on
};

await_chain::await_chain(frame const& in, std::uint32_t id) : frame_{in}, id_{id}, waiting_{new waiting} {}
await_chain::~await_chain() = default;

bool await_chain::drive() {
    if (std::exchange(waiting_->begun, false)) {
        node_wait const& over = frame_.engine->interrupted_at(id_).wait;
        waiting_->came = over.came;
        waiting_->problem = over.problem;
    }
    for (;;) {
        waiting_->scope = open_scope();
        std::exchange(next_, nullptr).resume();
        if (!next_) return true;
        if (!waiting_->wanted) continue;
        waiting_->wanted = false;
        if (waiting_->problem) continue;
        if (frame_.engine == nullptr)
            wait_here();
        else if (!is_ready() && begin_to_wait())
            return false;
    }
}

void await_chain::wait(wait_request const& request, std::coroutine_handle<> next) noexcept {
    next_ = next;
    waiting_->asked = request;
    waiting_->wanted = true;
    waiting_->problem = nullptr;
    auto const* const now = open_scope();
    if (waiting_->scope != nullptr && now != nullptr && waiting_->scope != now)
        waiting_->problem = std::make_exception_ptr(std::invalid_argument{
            "task: a profile::scope is open across co_await, and would end on another thread; end it before"});
}

// A descriptor that is ready needs no wait: a look at it is a tenth of that.
bool await_chain::is_ready() noexcept {
    waiting& w = *waiting_;
    if (w.asked.descriptor < 0 || frame_.run->stopped.load(std::memory_order_relaxed)) return false;
    pollfd polled = polled_for(w.asked);
    if (::poll(&polled, 1, 0) <= 0 || (polled.revents & POLLNVAL) != 0) return false;
    w.came = event_loop::why::ready;
    return true;
}

// True if it waits: from then on everything here may be another thread's.
bool await_chain::begin_to_wait() noexcept {
    try {
        node_wait& w = frame_.engine->interrupted_at(id_).wait;
        waiting_->begun = true;
        w.begin(waiting_->asked, frame_.deadline);
        return true;
    } catch (...) {
        waiting_->begun = false;
        waiting_->problem = std::current_exception();
        return false;
    }
}

void await_chain::wait_here() noexcept {
    waiting& w = *waiting_;
    pollfd polled = polled_for(w.asked);
    auto const until = std::min(w.asked.until, frame_.deadline);
    for (;;) {
        if (frame_.run != nullptr && stop_requested(*frame_.run)) return void(w.came = event_loop::why::stopped);
        auto left = std::max(until - clock::now(), clock::duration{});
        if (frame_.run != nullptr) left = std::min<clock::duration>(left, stop_interval);
        auto const ns = std::chrono::nanoseconds{left}.count();
        timespec const at_most{ns / 1'000'000'000, ns % 1'000'000'000};
        if (::ppoll(&polled, polled.fd >= 0 ? 1 : 0, &at_most, nullptr) > 0) break;
        if (until <= clock::now()) return void(w.came = event_loop::why::moment);
    }
    w.came = event_loop::why::ready;
    if ((polled.revents & POLLNVAL) != 0)
        w.problem =
            std::make_exception_ptr(std::invalid_argument{concat("task: file descriptor ", polled.fd, " is not open")});
}

bool await_chain::met() const {
    waiting const& w = *waiting_;
    if (w.problem) std::rethrow_exception(w.problem);
    if (w.came == event_loop::why::ready) return true;
    if (w.came == event_loop::why::stopped)
        throw stopped_error{concat("the run was asked to stop while ", text_of(w.asked))};
    if (w.asked.until > frame_.deadline) throw timeout_error{concat("its time was over while ", text_of(w.asked))};
    return false;
}

await_chain* chain_of(frame const& in, std::uint32_t id) {
    return in.engine != nullptr ? in.engine->interrupted_at(id).coroutine.get() : nullptr;
}

void keep_chain(frame const& in, std::uint32_t id, std::unique_ptr<await_chain>& chain) {
    if (in.engine == nullptr) return;
    in.engine->interrupted_at(id).coroutine = std::move(chain);
    if (in.attempt == 1) in.engine->mark_start(id);
}

std::unique_ptr<await_chain> take_chain(frame const& in, std::uint32_t id) noexcept {
    return in.engine->take_chain(id);
}

wait_request checked(int descriptor, bool to_write, clock::time_point until) {
    POISE_REQUIRE(descriptor >= 0, "task: file descriptor ", descriptor, " is not open");
    return {until, descriptor, to_write};
}

}  // namespace poise::task::detail
