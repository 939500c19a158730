// SPDX-License-Identifier: MIT
// What sample() costs the callable, and whether the shares it finds are right: a body whose functions take 70, 25 and
// 5 % of the work, alone and on two threads. Only the time within the body counts: of its thread, and of the wall.
// Usage: profile_sample [rounds]
#include "alternate.hpp"

#include <poise/profile/sample.hpp>

#include <time.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using poise::profile::function_statistics;

double volatile sink = 0.0;

// A chain of dependent operations: its time is in proportion to n.
[[gnu::always_inline]] inline void work(long n) {
    double x = 1.0;
    for (long i = 0; i < n; ++i) {
        x = x * 1.0000001 + 1e-9;
        asm volatile("" : "+x"(x));
    }
    sink = x;
}

[[gnu::noinline]] void takes_70() { work(70 * 400); }
[[gnu::noinline]] void takes_25() { work(25 * 400); }
[[gnu::noinline]] void takes_5() { work(5 * 400); }

[[gnu::noinline]] void body() {
    for (int i = 0; i < 500; ++i) {
        takes_70();
        takes_25();
        takes_5();
    }
}

double seconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct times {
    double cpu = 0.0, all_cpu = 0.0, wall = 0.0;  // of this thread; of all that run the body
};

times timed_body(std::size_t threads) {
    double const wall = seconds(CLOCK_MONOTONIC);
    std::vector<double> cpu(threads);
    auto const run = [&cpu](std::size_t t) {
        double const start = seconds(CLOCK_THREAD_CPUTIME_ID);
        body();
        cpu[t] = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t t = 1; t < threads; ++t) others.emplace_back(run, t);
        run(0);
    }
    return {cpu[0], std::accumulate(cpu.begin(), cpu.end(), 0.0), seconds(CLOCK_MONOTONIC) - wall};
}

std::uint64_t samples_of(function_statistics const& below, std::string_view name) {
    if (below.where.function.find(name) != std::string::npos) return below.total_samples;
    std::uint64_t sum = 0;
    for (function_statistics const& child : below.children) sum += samples_of(child, name);
    return sum;
}

void measure(std::size_t threads, std::size_t rounds) {
    constexpr std::array<std::string_view, 3> names{"takes_70", "takes_25", "takes_5"};
    std::array<std::uint64_t, 3> found{};
    std::uint64_t samples = 0, lost = 0;
    double body_cpu = 0.0, process_cpu = 0.0, sampled_wall = 0.0;
    std::vector<double> wall_off, wall_again, wall_on;
    auto const off = [&](std::vector<double>& wall) {
        times const t = timed_body(threads);
        wall.push_back(t.wall);
        return t.cpu;
    };
    auto const on = [&] {
        auto run = poise::profile::sample([&] { return timed_body(threads); });
        samples += run.root.total_samples;
        lost += run.lost_samples;
        process_cpu += run.cpu_s;
        body_cpu += run.value().all_cpu;
        sampled_wall += run.value().wall;
        for (std::size_t i = 0; i < names.size(); ++i) found[i] += samples_of(run.root, names[i]);
        wall_on.push_back(run.value().wall);
        return run.value().cpu;
    };
    auto const cpu =
        poise_bench::alternate({[&] { return off(wall_off); }, [&] { return off(wall_again); }, on}, rounds);
    auto const ratio = [](std::vector<double> a, std::vector<double> const& b) {
        for (std::size_t i = 0; i < a.size(); ++i) a[i] /= b[i];
        return a;
    };
    auto const show = [](char const* what, std::vector<double> const& r) {
        std::printf("  %-28s %.4f (MAD %.4f)\n", what, poise_bench::median(r), poise_bench::mad(r));
    };
    std::printf("%zu thread(s), %.0f ms a run, %zu rounds\n", threads, 1e3 * poise_bench::median(wall_off), rounds);
    show("CPU of a thread, off / off", ratio(cpu[1], cpu[0]));
    show("CPU of a thread, on / off", ratio(cpu[2], cpu[0]));
    show("wall, off / off", ratio(wall_again, wall_off));
    show("wall, on / off", ratio(wall_on, wall_off));
    double const per_cpu_second = static_cast<double>(samples) / body_cpu;
    std::printf("  samples: %llu, lost %llu, %.0f per CPU second, %.1f us each; helper %.2f %% of a processor\n",
                static_cast<unsigned long long>(samples), static_cast<unsigned long long>(lost), per_cpu_second,
                1e6 * (poise_bench::median(ratio(cpu[2], cpu[0])) - 1.0) / per_cpu_second,
                100.0 * (process_cpu - body_cpu) / sampled_wall);
    for (std::size_t i = 0; i < names.size(); ++i)
        std::printf("  %-9s %.2f %%\n", names[i].data(),
                    100.0 * static_cast<double>(found[i]) / static_cast<double>(samples));
}

}  // namespace

int main(int n_arguments, char** arguments) {
    long const rounds = n_arguments > 1 ? std::strtol(arguments[1], nullptr, 10) : 101;
    if (rounds < 1) {
        std::fprintf(stderr, "usage: profile_sample [rounds]\n");
        return 2;
    }
    for (std::size_t const threads : {std::size_t{1}, std::size_t{2}})
        measure(threads, static_cast<std::size_t>(rounds));
}
