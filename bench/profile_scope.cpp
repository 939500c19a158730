// SPDX-License-Identifier: MIT
// What the profiler costs: scopes in every mode beside two readings of the processor's counter, allocations beside
// malloc, on one thread and on all.
#include <poise/profile.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace poise;

constexpr int per_batch = 5000;

double nanoseconds() {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class Body>
double batch(Body const& body) {
    double const start = nanoseconds();
    for (int i = 0; i < per_batch; ++i) body();
    return (nanoseconds() - start) / per_batch;
}

void barrier() { asm volatile("" ::: "memory"); }

std::uint64_t counter_now() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

struct rival {
    std::string name;
    std::function<double()> batch;
    profile::options under{};
    bool off = false;
};

double empty_loop() { return batch(barrier); }
double two_readings() {
    return batch([] {
        profile::keep(counter_now());
        profile::keep(counter_now());
    });
}
double scope_automatic() {
    return batch([] {
        profile::scope const timing{"automatic"};
        barrier();
    });
}
template <profile::mode How>
double scope_stated() {
    return batch([] {
        profile::scope const timing{"stated", How};
        barrier();
    });
}
double copied_name() {
    static std::string const name = "ten bytes.";
    return batch([] {
        profile::scope const timing{name};
        barrier();
    });
}
double malloc_and_free() {
    return batch([] {
        void* block = std::malloc(64);
        profile::keep(block);
        std::free(block);
    });
}
double new_and_delete() {
    return batch([] {
        void* block = ::operator new(64);
        profile::keep(block);
        ::operator delete (block, std::size_t{64});
    });
}

constexpr profile::options plain{.trace = false, .overhead_budget = 1.0};
constexpr profile::options with_memory{.memory = true, .trace = false, .overhead_budget = 1.0};
constexpr profile::options with_trace{.overhead_budget = 1.0};

std::vector<rival> rivals() {
    return {{"empty loop", empty_loop, plain, true},
            {"two readings of the counter", two_readings, plain, true},
            {"scope, off", scope_automatic, plain, true},
            {"scope, timed", scope_automatic, plain},
            {"scope, timed, name copied", copied_name, plain},
            {"scope, timed, with memory", scope_automatic, with_memory},
            {"scope, timed, with trace", scope_automatic, with_trace},
            {"scope, precise", scope_stated<profile::mode::precise>, plain},
            {"scope, 1 of 16", scope_stated<profile::mode::sampled>, plain},
            {"scope, counted", scope_stated<profile::mode::counted>, plain},
            {"malloc + free, 64 bytes", malloc_and_free, plain, true},
            {"new + delete, hooks off", new_and_delete, plain, true},
            {"new + delete, counted", new_and_delete, with_memory}};
}

// All rivals in turn, by each of n threads at once; the quickest batch and the median of the first thread.
void measure(unsigned n_threads, int rounds) {
    auto const all = rivals();
    std::vector<std::vector<double>> times(all.size());
    std::atomic<unsigned> turn{0}, arrived{0};
    unsigned const n_turns = static_cast<unsigned>(all.size()) * static_cast<unsigned>(rounds);
    auto const work = [&](unsigned thread) {
        for (unsigned t = 0; t < n_turns; ++t) {
            while (turn.load() != t) std::this_thread::yield();
            double const time = all[t % all.size()].batch();
            if (thread == 0) times[t % all.size()].push_back(time);
            ++arrived;
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < n_threads; ++i) threads.emplace_back(work, i);
    for (unsigned t = 0; t < n_turns; ++t) {
        rival const& next = all[(t + 1) % all.size()];
        while (arrived.load() != n_threads) std::this_thread::yield();
        arrived = 0;
        if (next.off)
            profile::disable();
        else
            profile::enable(next.under);
        if (next.under.trace) profile::reset();  // so that events are kept, not dropped
        ++turn;
    }
    for (auto& t : threads) t.join();
    profile::disable();
    std::ranges::sort(times[0]);
    std::printf("%-28s %8s %8s %9s %9s\n", "", "min", "median", "less loop", "min/floor");
    double const readings = *std::ranges::min_element(times[1]), pair = *std::ranges::min_element(times[10]);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::ranges::sort(times[i]);
        std::printf("%-28s %8.2f %8.2f %9.2f %9.3f\n", all[i].name.c_str(), times[i].front(),
                    times[i][times[i].size() / 2], times[i].front() - times[0].front(),
                    times[i].front() / (i < 10 ? readings : pair));
    }
}

// A body whose time is known from a long run of them, under a precise scope: does the report say the same?
void accuracy() {
    // Each step waits for the one before, that of another body too: bodies do not overlap.
    auto spin = [x = std::uint64_t{1}](int steps) mutable {
        for (int i = 0; i < steps; ++i) {
            x = x * 6364136223846793005ULL + 1;
            asm volatile("" : "+r"(x));
        }
    };
    std::printf("\n%-28s %8s %8s %8s %8s\n", "body under a scope, ns", "truth", "precise", "timed", "bias of");
    for (int const steps : {100, 200, 400, 1000, 4000}) {
        double truth = 1e9, reported[2] = {1e9, 1e9};
        profile::snapshot last;
        for (int round = 0; round < 60; ++round) {
            truth = std::min(truth, batch([&] { spin(steps); }));
            for (auto const how : {profile::mode::precise, profile::mode::timed}) {
                profile::enable({.trace = false, .scopes = how, .overhead_budget = 1.0});
                profile::reset();
                batch([&] {
                    profile::scope const timing{"body"};
                    spin(steps);
                });
                last = profile::report().data();
                double& best = reported[how == profile::mode::timed];
                best = std::min(best, 1e9 * last.root.children.at(0).mean_s());
            }
        }
        std::printf("%-28d %8.1f %8.1f %8.1f %+.1f and %+.1f\n", steps, truth, reported[0], reported[1],
                    1e9 * last.precise_bias_s, 1e9 * last.timed_bias_s);
    }
    profile::disable();
}

// A record of 10⁴ scopes as text.
void reports() {
    profile::enable({.trace = false, .overhead_budget = 1.0});
    profile::reset();
    for (int i = 0; i < 100; ++i) {
        profile::scope const outer{"outer " + std::to_string(i)};
        for (int j = 0; j < 99; ++j) profile::scope const inner{"inner " + std::to_string(j)};
    }
    (void)profile::report();  // measures the clock
    double best = 1e9;
    std::size_t size = 0;
    for (int round = 0; round < 15; ++round) {
        double const start = nanoseconds();
        std::string const text = profile::report().text({.children = 1000});
        best = std::min(best, nanoseconds() - start);
        size = text.size();
    }
    std::printf("\nreport of 10000 scopes as text: %.1f ms, %zu bytes\n", 1e-6 * best, size);
    profile::disable();
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 301;
    std::printf("ns per scope or pair, its loop included; hooks %s\n\none thread\n",
                profile::hooks_in_effect() ? "in effect" : "NOT in effect");
    measure(1, rounds);
    unsigned const cores = std::max(std::thread::hardware_concurrency(), 2U);
    std::printf("\n%u threads at once\n", cores);
    measure(cores, rounds);
    accuracy();
    reports();
}
