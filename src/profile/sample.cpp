// SPDX-License-Identifier: MIT
#include "profile/remembered.hpp"
#include "profile/sampler.hpp"
#include "profile/symbols.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/sample.hpp>

#include <cxxabi.h>
#include <time.h>

#include <exception>
#include <optional>

namespace poise::profile::detail {
namespace {

double seconds(clockid_t clock) noexcept {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void require_usable(sample_options const& options) {
    POISE_REQUIRE(options.frequency_hz >= 1.0 && options.frequency_hz <= 10000.0, "sample: frequency_hz is ",
                  options.frequency_hz, "; it must be from 1 to 10000 looks per second");
    POISE_REQUIRE(options.min_duration_s >= 0.0 && options.min_duration_s <= 1e9, "sample: min_duration_s is ",
                  options.min_duration_s, "; it must be 0 or some seconds");
}

std::string description(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (std::exception const& e) {
        return *e.what() == '\0' ? "an exception without a message" : e.what();
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

// Its frame is where the stacks of this thread end.
[[gnu::noinline]] void call_repeatedly(sampler* looking, sampled_run& result, double min_duration_s,
                                       void (*call)(void*), void* callable) {
    double const start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    struct bracket {
        sampler* looking;
        explicit bracket(sampler* s, void const* frame) noexcept : looking{s} {
            if (looking != nullptr) looking->begin(frame);
        }
        ~bracket() {
            if (looking != nullptr) looking->end();
        }
    };
    {
        bracket const around{looking, __builtin_frame_address(0)};
        try {
            do {
                ++result.calls;
                call(callable);
            } while (seconds(CLOCK_MONOTONIC) - start < min_duration_s);
        } catch (abi::__forced_unwind const&) {
            throw;  // the thread is being cancelled
        } catch (...) {
            result.thrown = std::current_exception();
        }
    }
    result.duration_s = seconds(CLOCK_MONOTONIC) - start;
    result.cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
}

std::string engine_of(sampler const& s) {
    if (s.in_forked_child()) return "not sampled: this process was made by fork() meanwhile";
    std::string const unreachable =
        s.unreachable_threads() == 0 ? "" : concat("; ", s.unreachable_threads(), " threads not looked at");
    return concat("by CPU time of each thread; ", symbol_source(), unreachable);
}

}  // namespace

namespace {

// Threads that end before they are found, or that block the signal, leave a share of the processor time unseen.
void say_what_was_missed(sampled_profile& result) {
    constexpr double enough_samples = 50.0, missed_much = 0.7;
    double const due = result.cpu_s * result.asked_hz;
    double const seen = static_cast<double>(result.root.total_samples + result.lost_samples);
    if (due < enough_samples || seen > missed_much * due) return;
    result.engine += concat("; only ", to_text(100.0 * seen / due, 2),
                            " % of the processor time was seen: threads that live some 10 ms or block SIGPROF are not");
}

}  // namespace

void run_sampled(sampled_run& result, sample_options const& options, void (*call)(void*), void* callable) {
    require_usable(options);
    result.name = options.name;
    result.asked_hz = options.frequency_hz;
    std::string const obstacle = sampling_obstacle();
    std::optional<sampler> looking;
    if (obstacle.empty()) looking.emplace(options.frequency_hz);
    call_repeatedly(looking ? &*looking : nullptr, result, options.min_duration_s, call, callable);
    result.engine = obstacle;
    if (looking) {
        looking->stop();
        result.engine = engine_of(*looking);
        if (!looking->in_forked_child()) {
            result.root = looking->stacks().functions();
            result.lost_samples = looking->lost();
            say_what_was_missed(result);
        }
    }
    if (result.thrown) result.failure = description(result.thrown);
    remember(static_cast<sampled_profile const&>(result));
}

}  // namespace poise::profile::detail
