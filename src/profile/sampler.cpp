// SPDX-License-Identifier: MIT
#include "profile/sampler.hpp"

#include "profile/sample_signal.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

namespace poise::profile::detail {
namespace {

constinit std::atomic<bool> one_exists{false};
constinit std::atomic<std::uintptr_t> generations{0};

pid_t thread_id() noexcept { return static_cast<pid_t>(::syscall(SYS_gettid)); }

// Of any thread of this process; the encoding is the kernel's. 0 when the thread is gone.
std::int64_t cpu_time_ns(pid_t thread) noexcept {
    constexpr clockid_t per_thread = 4, as_scheduled = 2;
    timespec time{};
    ::clock_gettime(~static_cast<clockid_t>(thread) << 3 | per_thread | as_scheduled, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::vector<pid_t> threads_of_process() {
    std::vector<pid_t> ids;
    DIR* const folder = ::opendir("/proc/self/task");
    if (folder == nullptr) return ids;
    while (dirent const* const entry = ::readdir(folder))
        if (auto const id = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10)); id > 0) ids.push_back(id);
    ::closedir(folder);
    return ids;
}

// The folder of threads has a link for each: a tenth of the cost of reading it. 0 where that cannot be told.
nlink_t links_to_threads() noexcept {
    struct stat folder {};
    return ::stat("/proc/self/task", &folder) == 0 ? folder.st_nlink : 0;
}

// A timer of one thread, stopped at first.
class thread_timer {
public:
    thread_timer(pid_t thread, void* tag) {
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGPROF;
        event.sigev_value.sival_ptr = tag;
        event._sigev_un._tid = thread;  // glibc 2.36 has no other name for it
        error_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0 ? 0 : errno;
    }
    ~thread_timer() {
        if (error_ == 0) ::timer_delete(timer_);
    }
    thread_timer(thread_timer const&) = delete;
    thread_timer& operator=(thread_timer const&) = delete;

    [[nodiscard]] int error() const noexcept { return error_; }
    void run(std::int64_t first_ns, std::int64_t period_ns) noexcept { set(first_ns, period_ns); }
    void pause() noexcept { set(0, 0); }

private:
    void set(std::int64_t first_ns, std::int64_t period_ns) noexcept {
        auto const split = [](std::int64_t ns) { return timespec{ns / 1'000'000'000, ns % 1'000'000'000}; };
        itimerspec const times{split(period_ns), split(first_ns)};
        if (error_ == 0) ::timer_settime(timer_, 0, &times, nullptr);
    }

    timer_t timer_{};
    int error_;
};

}  // namespace

std::string sampling_obstacle() {
#if !defined(POISE_HAS_CALL_FRAMES)
    return "not sampled: needs x86-64 Linux with glibc 2.35 or later";
#elif defined(__SANITIZE_THREAD__)
    return "not sampled: the thread sanitizer delays signals";
#else
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    return "not sampled: the thread sanitizer delays signals";
#endif
#endif
    return {};
#endif
}

struct sampler::session {
    struct watched {
        pid_t id;
        std::size_t index;
        std::unique_ptr<sampled_thread> seen;
        std::unique_ptr<thread_timer> timer;
        bool paused = false;
        std::int64_t cpu_ns = 0;
    };

    explicit session(double frequency_hz) : period_ns{static_cast<std::int64_t>(1e9 / frequency_hz)} {
        target.generation = ++generations;
        renew_map();
    }

    void renew_map();
    int watch(pid_t id);
    void retire(watched& gone);
    void find_threads(pid_t helper);
    void rest_or_wake(watched& one) noexcept;
    void drain(watched& one);
    void help();

    pid_t const process = ::getpid();
    std::int64_t const period_ns;
    sample_target target;
    std::vector<std::unique_ptr<memory_map const>> maps;  // handlers may still read old ones
    std::vector<watched> threads;
    std::vector<pid_t> unreachable;
    stack_tree stacks;
    std::uint64_t lost = 0;

    std::thread helper;
    std::mutex mutex;
    std::condition_variable changed;
    bool quit = false;

    sampled_thread* own = nullptr;
    sigset_t mask_before{};
    bool stopped = false;
};

void sampler::session::renew_map() {
    constexpr std::size_t enough = 1000;  // of maps kept; later stacks are lost
    if (maps.size() == enough) return;
    maps.push_back(std::make_unique<memory_map const>());
    target.map.store(maps.back().get(), std::memory_order_release);
    target.map_is_stale.store(false, std::memory_order_relaxed);
}

// errno, 0 where it worked.
int sampler::session::watch(pid_t id) {
    auto const free = std::ranges::find_if(target.threads, [](auto const& place) { return place.load() == nullptr; });
    if (free == target.threads.end()) return EAGAIN;
    auto const index = static_cast<std::size_t>(free - target.threads.begin());
    watched one{id, index, std::make_unique<sampled_thread>(), std::make_unique<thread_timer>(id, target.tag(index))};
    if (int const error = one.timer->error(); error != 0) return error;
    free->store(one.seen.get(), std::memory_order_release);
    // Threads take turns: the first looks are spread over a period.
    std::int64_t const first = 1 + period_ns * static_cast<std::int64_t>((index * 618 + 382) % 1000) / 1000;
    one.timer->run(first, period_ns);
    threads.push_back(std::move(one));
    return 0;
}

void sampler::session::drain(watched& one) {
    one.seen->ring.drain([this](auto addresses, stack_end end) {
        try {
            stacks.add(addresses, end);
        } catch (std::bad_alloc const&) {
            ++lost;
        }
    });
}

void sampler::session::retire(watched& gone) {
    gone.timer.reset();
    target.threads[gone.index].store(nullptr, std::memory_order_release);
    drain(gone);
    lost += gone.seen->ring.lost();
}

// A thread that has ended runs no handler, so that what it used can go.
void sampler::session::find_threads(pid_t helper_id) {
    std::vector<pid_t> ids = threads_of_process();
    if (ids.empty()) return;
    std::erase(ids, helper_id);
    std::erase_if(threads, [&](watched& one) {
        bool const ended = std::ranges::find(ids, one.id) == ids.end();
        if (ended) retire(one);
        return ended;
    });
    bool found = false;
    for (pid_t const id : ids) {
        if (std::ranges::find(threads, id, &watched::id) != threads.end()) continue;
        if (std::ranges::find(unreachable, id) != unreachable.end()) continue;
        found = true;
        if (watch(id) != 0 && ::syscall(SYS_tgkill, process, id, 0) == 0) unreachable.push_back(id);
    }
    if (found || target.map_is_stale.load(std::memory_order_relaxed)) renew_map();
}

void sampler::session::rest_or_wake(watched& one) noexcept {
    constexpr std::uint32_t long_asleep = 100;
    if (one.paused) {
        if (cpu_time_ns(one.id) == one.cpu_ns) return;
        one.seen->asleep.store(0, std::memory_order_relaxed);
        one.timer->run(period_ns, period_ns);
        one.paused = false;
    } else if (one.seen->asleep.load(std::memory_order_relaxed) >= long_asleep) {
        one.timer->pause();
        one.cpu_ns = cpu_time_ns(one.id);
        one.paused = true;
    }
}

void sampler::session::help() {
    constexpr std::chrono::milliseconds between{10};
    constexpr unsigned look_anyway = 10;  // as many threads may have ended as have started
    pid_t const self = thread_id();
    nlink_t links_before = 0;
    std::unique_lock lock{mutex};
    for (unsigned turn = 1; !changed.wait_for(lock, between, [this] { return quit; }); ++turn) {
        try {
            nlink_t const links = links_to_threads();
            if (links != std::exchange(links_before, links) || turn % look_anyway == 0) find_threads(self);
        } catch (std::bad_alloc const&) {  // later, then
        }
        for (watched& one : threads) {
            drain(one);
            rest_or_wake(one);
        }
    }
}

sampler::sampler(double frequency_hz) {
    static int const forgets_in_children = ::pthread_atfork(nullptr, nullptr, [] {
        forget_sample_target();
        one_exists.store(false);
    });
    static_cast<void>(forgets_in_children);
    POISE_REQUIRE(!one_exists.exchange(true),
                  "sample: another one is running in this process; sample one callable at a time");
    session_ = nullptr;
    try {
        session_ = new session{frequency_hz};
        install_sample_handler(session_->target);
    } catch (...) {
        delete session_;
        one_exists.store(false);
        throw;
    }
    try {
        if (int const error = session_->watch(thread_id()); error != 0)
            throw poise::error{concat("sample: no timer for this thread: ", ::strerror(error))};
        session_->own = session_->threads.front().seen.get();
        session_->find_threads(0);
        // The helper must not take signals that are meant for the program.
        sigset_t all, before;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);
        struct restored {
            sigset_t const& mask;
            ~restored() { ::pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
        } const restoring{before};
        session_->helper = std::thread{[s = session_] { s->help(); }};
    } catch (...) {
        stop();
        delete session_;
        throw;
    }
}

sampler::~sampler() {
    stop();
    if (!in_forked_child()) delete session_;
}

void sampler::begin(void const* frame) noexcept {
    session_->own->outermost.store(reinterpret_cast<std::uintptr_t>(frame), std::memory_order_relaxed);
    sigset_t profiling;
    ::sigemptyset(&profiling);
    ::sigaddset(&profiling, SIGPROF);
    session_->target.looking.store(true);
    ::pthread_sigmask(SIG_UNBLOCK, &profiling, &session_->mask_before);
}

void sampler::end() noexcept {
    session_->target.looking.store(false);
    if (::sigismember(&session_->mask_before, SIGPROF) == 1) {
        sigset_t profiling;
        ::sigemptyset(&profiling);
        ::sigaddset(&profiling, SIGPROF);
        ::pthread_sigmask(SIG_BLOCK, &profiling, nullptr);
    }
}

void sampler::stop() noexcept {
    session& s = *session_;
    if (std::exchange(s.stopped, true)) return;
    if (in_forked_child()) {
        remove_sample_handler();
        return;  // the helper and the timers are the parent's
    }
    if (s.helper.joinable()) {
        {
            std::lock_guard const lock{s.mutex};
            s.quit = true;
        }
        s.changed.notify_one();
        s.helper.join();
    }
    for (session::watched& one : s.threads) one.timer.reset();
    remove_sample_handler();
    for (session::watched& one : s.threads) s.retire(one);
    s.threads.clear();
    one_exists.store(false);
}

stack_tree const& sampler::stacks() const noexcept { return session_->stacks; }
std::uint64_t sampler::lost() const noexcept { return session_->lost + session_->stacks.lost(); }
std::size_t sampler::unreachable_threads() const noexcept { return session_->unreachable.size(); }
bool sampler::in_forked_child() const noexcept { return ::getpid() != session_->process; }

}  // namespace poise::profile::detail
