// SPDX-License-Identifier: MIT
// A profile of the functions that a callable runs, found by looking at its stack many times a second.
#pragma once

#include <cstdint>
#include <exception>
#include <iosfwd>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::profile {

/// A place in the program, as far as debug information tells.
struct source_frame {
    std::string function;  ///< demangled; "[0x…]" or "[libfoo.so+0x…]" where it has no name
    std::string file;      ///< empty where it is not known
    unsigned line = 0;
    bool inlined = false;  ///< into the frame around it

    friend bool operator==(source_frame const&, source_frame const&) = default;
};

/// A function below a path of callers. Of its lines, `where` has the one with the most samples.
struct function_statistics {
    source_frame where;
    std::uint64_t self_samples = 0;
    std::uint64_t total_samples = 0;
    std::vector<function_statistics> children;  ///< the most samples first

    friend bool operator==(function_statistics const&, function_statistics const&) = default;
};

/// A share with its 95 % confidence interval.
struct share_interval {
    double estimate = 0.0, low = 0.0, high = 0.0;

    friend bool operator==(share_interval const&, share_interval const&) = default;
};

/// Whose samples count: those in the function itself, or also those in what it calls.
enum class share_of : unsigned char { self, total };

enum class significance : unsigned char {
    above,     ///< the whole interval is above the threshold
    undecided  ///< the threshold lies within the interval
};

/// A function that takes more than a threshold, or may do. Everywhere it is called from, recursion counted once.
struct bottleneck {
    source_frame where;
    share_of what = share_of::self;
    std::uint64_t samples = 0;
    share_interval share;
    double threshold = 0.0;
    significance verdict = significance::undecided;
    double max_speedup = 1.0;  ///< 1 / (1 − share): of the whole, if this took no time (Amdahl)
    /// Where undecided: how many more samples decide it if the share stays as it is, and how long that takes at the
    /// rate so far. 2⁶⁴ − 1 and infinite where the share equals the threshold.
    std::uint64_t more_samples = 0;
    double more_s = 0.0;

    friend bool operator==(bottleneck const&, bottleneck const&) = default;
};
/// One line, nothing shortened: "68.8 % (66.1 to 71.4, above 5 %, at most 3.2x faster without): heavy(int),
/// body.cpp:12"
std::ostream& operator<<(std::ostream& out, bottleneck const& shown);

/// What sample() found.
struct sampled_profile {
    std::string name;
    function_statistics root;  ///< no function of its own; total_samples is all of them
    double duration_s = 0.0;
    double cpu_s = 0.0;
    double asked_hz = 0.0;
    std::string engine;  ///< how the stack was looked at, and why not better where that is so
    std::uint64_t lost_samples = 0;
    std::string failure;  ///< what() of an exception that left the callable; empty without one

    /// The functions whose share is above the threshold, or may be, the largest first. threshold: in (0, 1), 0.05 is
    /// 5 %; else throws std::invalid_argument. Intervals are Wilson's, for one function each.
    [[nodiscard]] std::vector<bottleneck> bottlenecks(double threshold, share_of what = share_of::self) const;

    friend bool operator==(sampled_profile const&, sampled_profile const&) = default;
};
/// A tree of at most 80 columns: share of the samples below and in each function, file and line. Of many functions
/// under one, the 12 with the most samples, and none below 0.5 %; the others in one line. Without samples, why.
std::ostream& operator<<(std::ostream& out, sampled_profile const& shown);

struct sample_options {
    /// Looks per second of a thread's CPU time, 1 to 10000. A prime keeps out of step with what the program does
    /// regularly.
    double frequency_hz = 997.0;
    /// The callable is called again until this time has passed; 0: once.
    double min_duration_s = 0.0;
    /// Of the profile.
    std::string name = {};
};

/// A profile, and how the callable ended.
struct sampled_run : sampled_profile {
    std::uint64_t calls = 0;
    std::exception_ptr thrown;  ///< what left the callable; its last call, then

    void rethrow_if_failed() const {
        if (thrown) std::rethrow_exception(thrown);
    }
};

/// …and what its last call returned.
template <class Value>
struct sampled_value : sampled_run {
    std::optional<Value> returned;  ///< empty where it threw

    /// Throws what the callable threw.
    [[nodiscard]] Value& value() & {
        rethrow_if_failed();
        return *returned;
    }
    [[nodiscard]] Value&& value() && {
        rethrow_if_failed();
        return *std::move(returned);
    }
};

namespace detail {

// A function of its own, so that it can be told from the callable in a stack.
template <class Callable>
void call_sampled(void* callable) {
    (*static_cast<Callable*>(callable))();
}
void run_sampled(sampled_run& result, sample_options const& options, void (*call)(void*), void* callable);

}  // namespace detail

/// Calls f and looks at the stacks of this thread and of all others meanwhile:
///     for (auto const& hot : profile::sample(step).bottlenecks(0.05)) std::cout << hot << '\n';
/// A profile, and what f returned if that is not void. An exception from f is kept: rethrow_if_failed().
///
/// Names, files, lines and inlined functions come from debug information (-g) and from libbacktrace, if poise was built
/// with it; -O2 is fine, and frame pointers are not needed. Looks are taken by the CPU time of each thread, waiting
/// does not count; of threads that start meanwhile from 10 ms on. Stacks are seen up to 128 calls deep, and up to code
/// without unwinding tables; samples whose callers were not seen stand apart in the tree.
///
/// One at a time in a process: throws std::invalid_argument while another runs, and for a frequency outside of its
/// range; poise::error where the system gives no thread. Then f was not called. Uses SIGPROF and restores its handler;
/// a call of nanosleep() or poll() that begins just when a look is due may end with EINTR.
/// On x86-64 Linux with glibc 2.35 or later, not under the thread sanitizer: elsewhere f just runs; see `engine`.
/// Cost: some 10 us per sample on its thread and 30 to 40 on another processor, a quarter of a MB per thread; then
/// reading the debug information, some 20 ms per MB.
template <class F>
[[nodiscard]] auto sample(F&& f, sample_options const& options = {}) {
    using returned_type = std::decay_t<std::invoke_result_t<F&>>;
    if constexpr (std::is_void_v<returned_type>) {
        sampled_run result;
        auto call = [&f] { f(); };
        detail::run_sampled(result, options, &detail::call_sampled<decltype(call)>, &call);
        return result;
    } else {
        sampled_value<returned_type> result;
        auto call = [&f, &result] {
            result.returned.reset();
            result.returned.emplace(f());
        };
        detail::run_sampled(result, options, &detail::call_sampled<decltype(call)>, &call);
        return result;
    }
}

}  // namespace poise::profile
