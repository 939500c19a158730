// SPDX-License-Identifier: MIT
#include "task/event_loop.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

namespace poise::task::detail {
namespace {

std::atomic<event_loop*> current{nullptr};

constexpr std::uint32_t any_read = EPOLLIN | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t any_write = EPOLLOUT | EPOLLHUP | EPOLLERR;

// What the system tells with an event.
std::uint64_t label_of(int descriptor, std::uint32_t number) noexcept {
    return std::uint64_t{number} << 32U | static_cast<std::uint32_t>(descriptor);
}

error no_room(char const* what, int error_number) {
    return error{concat("task: cannot wait for events: ", what, ": ", std::strerror(error_number))};
}

}  // namespace

event_loop::event_loop()
    : process_{::getpid()},
      queue_{::epoll_create1(EPOLL_CLOEXEC)},
      timer_{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)} {
    epoll_event of_timer{.events = EPOLLIN, .data = {.u64 = label_of(timer_, 0)}};
    if (queue_ >= 0 && timer_ >= 0 && ::epoll_ctl(queue_, EPOLL_CTL_ADD, timer_, &of_timer) == 0) return;
    int const missing = errno;
    if (queue_ >= 0) ::close(queue_);
    if (timer_ >= 0) ::close(timer_);
    throw no_room("no descriptor", missing);
}

event_loop::~event_loop() {
    ::close(queue_);
    ::close(timer_);
}

// In a copy of the process the thread is missing and the lock may be held for ever: it makes another one.
event_loop& event_loop::instance() {
    auto* known = current.load();
    if (known != nullptr && known->process_ == ::getpid()) return *known;
    auto* const made = new event_loop;
    if (current.compare_exchange_strong(known, made)) return *made;
    delete made;
    return *known;
}

void event_loop::add(wait& w) {
    std::scoped_lock const lock{mutex_};
    if (w.is_stopped != nullptr && w.is_stopped->load()) return w.over(why::stopped);
    start();
    w.loop_ = this;
    if (w.descriptor >= 0 && !watch(w)) return w.over(why::ready);
    // Also for ever, where nothing else knows of it: stop() does.
    if (w.until != clock::time_point::max() || w.descriptor < 0) {
        try {
            w.timer_ = moments_.emplace(w.until, &w);
        } catch (...) {
            forget(w);
            throw;
        }
        w.timed_ = true;
        set_timer();
    }
}

void event_loop::cancel(wait& w) noexcept {
    if (w.loop_ == nullptr || w.loop_->process_ != ::getpid()) return;
    std::scoped_lock const lock{w.loop_->mutex_};
    w.loop_->forget(w);
}

void event_loop::stop(void const* owner) noexcept {
    auto* const known = current.load();
    if (known == nullptr || known->process_ != ::getpid()) return;
    std::scoped_lock const lock{known->mutex_};
    for (auto at = known->moments_.begin(); at != known->moments_.end();)
        if (wait& w = *at++->second; w.owner == owner) known->end(w, why::stopped);
    for (auto at = known->descriptors_.begin(); at != known->descriptors_.end();) {
        auto const& waits = at++->second.waits;
        for (std::size_t n = waits.size(); n-- > 0;)  // with the last one the list is gone
            if (wait& w = *waits[n]; w.owner == owner) known->end(w, why::stopped);
    }
}

void event_loop::start() {
    if (running_) return;
    try {
        std::thread{[this] { serve(); }}.detach();
    } catch (std::system_error const& e) {
        throw no_room("no thread", e.code().value());
    }
    running_ = true;
}

// It may be the first to give oneTBB something to do, whose threads then have its name and its signal mask: both are
// those of the program.
void event_loop::serve() noexcept {
    std::array<epoll_event, 64> told;
    for (;;) {
        int const n = ::epoll_wait(queue_, told.data(), static_cast<int>(told.size()), -1);
        std::scoped_lock const lock{mutex_};
        // What is due comes last: of a descriptor with a limit, ready counts.
        bool due = false;
        for (epoll_event const& e : std::span{told}.first(static_cast<std::size_t>(std::max(n, 0)))) {
            auto const descriptor = static_cast<int>(e.data.u64 & UINT32_MAX);
            if (descriptor == timer_)
                due = true;
            else
                end_ready(descriptor, static_cast<std::uint32_t>(e.data.u64 >> 32U), e.events);
        }
        if (due) end_due();
    }
}

// False for what is always ready, such as a regular file.
bool event_loop::watch(wait& w) {
    auto const [at, is_new] = descriptors_.try_emplace(w.descriptor);
    if (is_new) at->second.number = ++n_watched_;
    try {
        at->second.waits.push_back(&w);
    } catch (...) {
        (void)ask(at);
        throw;
    }
    int const refused = ask(at);
    if (refused == 0) return true;
    forget(w);
    POISE_REQUIRE(refused != EBADF, "task: file descriptor ", w.descriptor, " is not open");
    if (refused != EPERM) throw no_room("the descriptor is refused", refused);
    return false;
}

// 0, or why not. The system forgets a descriptor that is closed, and its number may be that of another one since.
int event_loop::ask(descriptors::iterator at) noexcept {
    int const descriptor = at->first;
    std::uint32_t wanted = 0;
    for (wait const* w : at->second.waits) wanted |= w->to_write ? EPOLLOUT : EPOLLIN;
    if (wanted == 0) {
        (void)::epoll_ctl(queue_, EPOLL_CTL_DEL, descriptor, nullptr);
        descriptors_.erase(at);
        return 0;
    }
    epoll_event asked{.events = wanted, .data = {.u64 = label_of(descriptor, at->second.number)}};
    if (::epoll_ctl(queue_, EPOLL_CTL_MOD, descriptor, &asked) == 0) return 0;
    return ::epoll_ctl(queue_, EPOLL_CTL_ADD, descriptor, &asked) == 0 ? 0 : errno;
}

void event_loop::forget(wait& w) noexcept {
    if (std::exchange(w.timed_, false)) moments_.erase(w.timer_);
    if (auto const at = descriptors_.find(w.descriptor);
        at != descriptors_.end() && std::erase(at->second.waits, &w) > 0)
        (void)ask(at);  // refused if it was closed, which nobody must do who waits for it
}

void event_loop::end(wait& w, why because) noexcept {
    forget(w);
    w.over(because);
}

void event_loop::end_ready(int descriptor, std::uint32_t number, std::uint32_t events) noexcept {
    for (;;) {
        auto const at = descriptors_.find(descriptor);
        if (at == descriptors_.end() || at->second.number != number) return;
        auto const ready = std::ranges::find_if(
            at->second.waits, [&](wait const* w) { return (events & (w->to_write ? any_write : any_read)) != 0; });
        if (ready == at->second.waits.end()) return;
        end(**ready, why::ready);
    }
}

void event_loop::end_due() noexcept {
    std::uint64_t n_expired = 0;
    (void)!::read(timer_, &n_expired, sizeof n_expired);
    auto const now = clock::now();
    while (!moments_.empty() && moments_.begin()->first <= now) end(*moments_.begin()->second, why::moment);
    set_to_ = clock::time_point::max();
    set_timer();
}

// The clock of the timer is that of steady_clock.
void event_loop::set_timer() noexcept {
    if (moments_.empty() || moments_.begin()->first >= set_to_) return;  // which is for ever at most
    set_to_ = moments_.begin()->first;
    auto const ns = std::max<std::int64_t>(1, std::chrono::nanoseconds{set_to_.time_since_epoch()}.count());
    itimerspec const at{.it_interval = {}, .it_value = {ns / 1'000'000'000, ns % 1'000'000'000}};
    (void)::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &at, nullptr);
}

}  // namespace poise::task::detail
