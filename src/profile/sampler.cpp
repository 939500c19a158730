// SPDX-License-Identifier: MIT
#include "profile/sampler.hpp"

#include "profile/sample_signal.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
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
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace poise::profile::detail {
namespace {

constinit std::atomic<bool> one_exists{false};
constinit std::atomic<std::uintptr_t> generations{0};

pid_t thread_id() noexcept { return static_cast<pid_t>(::syscall(SYS_gettid)); }

// Of any thread of this process; the encoding is the kernel's. Negative when the thread is gone. Cost: 0.5 us.
std::int64_t cpu_time_ns(pid_t thread) noexcept {
    constexpr clockid_t per_thread = 4, as_scheduled = 2;
    timespec time{};
    if (::clock_gettime(~static_cast<clockid_t>(thread) << 3 | per_thread | as_scheduled, &time) != 0) return -1;
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void send_signal(pid_t process, pid_t thread, void* tag) noexcept {
    siginfo_t info{};
    info.si_signo = SIGPROF;
    info.si_code = SI_QUEUE;
    info.si_pid = process;
    info.si_uid = ::getuid();
    info.si_value.sival_ptr = tag;
    ::syscall(SYS_rt_tgsigqueueinfo, process, thread, SIGPROF, &info);
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
        std::int64_t cpu_ns;      // at the last look
        std::int64_t due_ns = 0;  // of its CPU time, not looked at yet
    };

    explicit session(double frequency_hz) : period_ns{static_cast<std::int64_t>(1e9 / frequency_hz)} {
        target.generation = ++generations;
        renew_map();
    }

    void renew_map();
    bool watch(pid_t id);
    void retire(watched& gone);
    void find_threads();
    void signal_those_due() noexcept;
    void collect();
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
    pid_t helper_id = 0;
    nlink_t links_before = 0;
    unsigned collected = 0;
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

bool sampler::session::watch(pid_t id) {
    auto const free = std::ranges::find_if(target.threads, [](auto const& place) { return place.load() == nullptr; });
    if (free == target.threads.end()) return false;
    auto const index = static_cast<std::size_t>(free - target.threads.begin());
    threads.push_back({id, index, std::make_unique<sampled_thread>(), std::max<std::int64_t>(cpu_time_ns(id), 0)});
    free->store(threads.back().seen.get(), std::memory_order_release);
    return true;
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
    target.threads[gone.index].store(nullptr, std::memory_order_release);
    drain(gone);
    lost += gone.seen->ring.lost();
}

// A thread that has ended runs no handler, so that what it used can go.
void sampler::session::find_threads() {
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
        if (!watch(id)) unreachable.push_back(id);
    }
    if (found || target.map_is_stale.load(std::memory_order_relaxed)) renew_map();
}

// As many looks as there are periods in its CPU time, to the nearest.
void sampler::session::signal_those_due() noexcept {
    if (!target.looking.load(std::memory_order_relaxed)) return;
    for (watched& one : threads) {
        std::int64_t const now = cpu_time_ns(one.id);
        one.due_ns += std::max<std::int64_t>(now - std::exchange(one.cpu_ns, now), 0);
        if (one.due_ns < period_ns / 2) continue;
        one.due_ns = std::min(one.due_ns - period_ns, period_ns);  // what a late helper missed is not made up for
        send_signal(process, one.id, target.tag(one.index));
    }
}

void sampler::session::collect() {
    constexpr unsigned look_anyway = 10;  // as many threads may have ended as have started
    try {
        nlink_t const links = links_to_threads();
        bool const changed_number = links != std::exchange(links_before, links);
        if (changed_number || ++collected % look_anyway == 0) find_threads();
    } catch (std::bad_alloc const&) {  // later, then
    }
    for (watched& one : threads) drain(one);
}

void sampler::session::help() {
    using clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds between_collections{10};
    std::chrono::nanoseconds const period{period_ns};
    helper_id = thread_id();
    clock::time_point look = clock::now() + period, collection = clock::now() + between_collections;
    std::unique_lock lock{mutex};
    while (!changed.wait_until(lock, std::min(look, collection), [this] { return quit; })) {
        clock::time_point const now = clock::now();
        if (now >= look) {
            signal_those_due();
            look = std::max(look + period, now);  // later looks are not hurried
        }
        if (now >= collection) {
            collect();
            collection = clock::now() + between_collections;
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
        session_->watch(thread_id());
        session_->own = session_->threads.front().seen.get();
        session_->find_threads();
        // The helper must not take signals that are meant for the program.
        sigset_t all, before;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);
        struct restored {
            sigset_t const& mask;
            ~restored() { ::pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
        } const restoring{before};
        session_->helper = std::thread{[s = session_] { s->help(); }};
    } catch (std::system_error const& failure) {
        stop();
        delete session_;
        throw error{concat("sample: the thread that looks cannot be started: ", failure.what())};
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
        return;  // the helper is the parent's
    }
    if (s.helper.joinable()) {
        {
            std::lock_guard const lock{s.mutex};
            s.quit = true;
        }
        s.changed.notify_one();
        s.helper.join();
    }
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
