// SPDX-License-Identifier: MIT
// How often compare() is wrong: the same body twice, and bodies 5 % apart, while busy loops run beside. For contrast
// the rule that is usual in scripts: measure one, then the other, and call 5 % between the medians a difference. usage:
// bench_profile_compare [TRIALS] [BUSY_LOOPS] [MAX_TIME_S]
#include "alternate.hpp"

#include <poise/profile.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace poise;

constexpr std::uint64_t multiplier = 6364136223846793005U;

// A chain of multiplications: nothing but the core's clock matters.
struct cpu_body {
    int steps;

    std::uint64_t operator()() const {
        std::uint64_t x = 1;
        for (int i = 0; i < steps; ++i) x = x * multiplier + 1442695040888963407U;
        return x;
    }
};

// Reads at random in 8 MiB, which share their caches with everybody else. Copies go on in one sequence: with a sequence
// each, equal ones, whoever comes later would find in the caches what the other has just read.
class memory_body {
public:
    explicit memory_body(int reads) : reads_{reads} {}
    [[nodiscard]] memory_body with(int reads) const {
        memory_body other = *this;
        other.reads_ = reads;
        return other;
    }

    std::uint64_t operator()() const {
        std::uint64_t sum = 0;
        std::uint64_t x = shared_->x;
        for (int i = 0; i < reads_; ++i) {
            x = x * multiplier + 1442695040888963407U;
            sum += shared_->data[x >> 44U];
        }
        shared_->x = x;
        return sum;
    }

private:
    struct state {
        std::vector<std::uint64_t> data = std::vector<std::uint64_t>(std::size_t{1} << 20U, 1);
        std::uint64_t x = 1;
    };
    int reads_;
    std::shared_ptr<state> shared_ = std::make_shared<state>();
};

class busy_loops {
public:
    explicit busy_loops(int n) {
        for (int i = 0; i < n; ++i)
            threads_.emplace_back([this] {
                while (!stop_.load(std::memory_order_relaxed)) profile::keep(cpu_body{1000}());
            });
    }
    ~busy_loops() {
        stop_ = true;
        for (auto& thread : threads_) thread.join();
    }

private:
    std::atomic<bool> stop_ = false;
    std::vector<std::thread> threads_;
};

struct tally {
    std::array<int, 4> outcomes{};
    std::vector<double> seconds, ratios, pairs, widths;
    int without_1 = 0;  // intervals that do not hold a ratio of 1
    int naive = 0;
    std::vector<double> naive_seconds;

    [[nodiscard]] double share(profile::verdict v) const {
        return 100.0 * outcomes[static_cast<std::size_t>(v)] / static_cast<double>(seconds.size());
    }
};

template <class Body>
void naive_trial(Body const& first, Body const& second, tally& into) {
    profile::timer const running;
    double const a = profile::measure(first, {.slice_s = 1.3e-3, .slices = 31}).median_s;
    double const b = profile::measure(second, {.slice_s = 1.3e-3, .slices = 31}).median_s;
    into.naive += std::abs(b / a - 1.0) > 0.05 ? 1 : 0;
    into.naive_seconds.push_back(running.seconds());
}

template <class Body>
void trial(Body const& first, Body const& second, double max_time_s, tally& into) {
    profile::timer const running;
    auto const found = profile::compare({{"first", first}, {"second", second}}, {.max_time_s = max_time_s});
    into.seconds.push_back(running.seconds());
    profile::contender const& c = found.contenders[1];
    ++into.outcomes[static_cast<std::size_t>(c.outcome)];
    into.ratios.push_back(c.ratio);
    into.pairs.push_back(static_cast<double>(found.pairs));
    into.widths.push_back(std::log(c.ratio_interval.high / c.ratio_interval.low) / 2.0);
    into.without_1 += c.ratio_interval.low > 1.0 || c.ratio_interval.high < 1.0 ? 1 : 0;
}

void print(char const* name, tally const& t) {
    using enum profile::verdict;
    auto const n = static_cast<double>(t.seconds.size());
    std::printf("%-16s %6.1f %6.1f %6.1f %6.1f | %7.4f ±%5.2f %6.1f | %4.0f %6.1f %6.1f | %6.1f %6.0f\n", name,
                t.share(faster), t.share(slower), t.share(equivalent), t.share(undecided),
                poise_bench::median(t.ratios), 100.0 * poise_bench::median(t.widths), 100.0 * t.without_1 / n,
                poise_bench::median(t.pairs), 1e3 * poise_bench::median(t.seconds), 1e3 * std::ranges::max(t.seconds),
                100.0 * t.naive / n, 1e3 * poise_bench::median(t.naive_seconds));
    std::fflush(stdout);
}

template <class Body>
void trials(std::string const& name, Body const& first, Body const& slower, int n, double max_time_s) {
    tally same, apart;
    for (int i = 0; i < n; ++i) {
        trial(first, first, max_time_s, same);
        naive_trial(first, first, same);
        trial(first, slower, max_time_s, apart);
        naive_trial(first, slower, apart);
    }
    print((name + ", same").c_str(), same);
    print((name + ", +5 %").c_str(), apart);
}

}  // namespace

int main(int argc, char** argv) {
    int const n = argc > 1 ? std::atoi(argv[1]) : 200;
    int const n_busy = argc > 2 ? std::atoi(argv[2]) : 2;
    double const max_time_s = argc > 3 ? std::atof(argv[3]) : profile::compare_options{}.max_time_s;
    if (n < 1 || n_busy < 0 || !(max_time_s > 0.0)) {
        std::fprintf(stderr, "usage: %s [TRIALS] [BUSY_LOOPS] [MAX_TIME_S]\n", argv[0]);
        return 2;
    }
    busy_loops const beside{n_busy};
    std::printf("%d trials each, %d busy loops beside\n", n, n_busy);
    std::printf("%-16s %6s %6s %6s %6s | %7s %7s %8s | %4s %6s %6s | %6s %6s\n", "% of trials", "faster", "slower",
                "equiv.", "undec.", "ratio", "±%", "≠1 %", "pairs", "ms", "max ms", "naive%", "ms");
    trials("cpu", cpu_body{1000}, cpu_body{1050}, n, max_time_s);
    memory_body const reads{1000};
    trials("memory", reads, reads.with(1050), n, max_time_s);
}
