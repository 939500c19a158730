// SPDX-License-Identifier: MIT
#include <poise/profile/benchmark.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace poise::profile {
namespace {

// What the adaptors use of benchmark::State, which counts what is done to it.
struct fake_state {
    struct value {};
    struct iterator {
        std::int64_t left;
        bool operator!=(iterator const& end) const { return left != end.left; }
        iterator& operator++() {
            --left;
            return *this;
        }
        value operator*() const { return {}; }
    };
    iterator begin() { return {max_iterations}; }
    iterator end() { return {0}; }
    bool KeepRunningBatch(std::int64_t n) {  // NOLINT(readability-identifier-naming)
        ++batches;
        bool const more = done < max_iterations;
        if (more) done += n;
        return more;
    }
    std::int64_t iterations() const { return max_iterations; }
    void SetItemsProcessed(std::int64_t n) { items = n; }  // NOLINT(readability-identifier-naming)
    void SetBytesProcessed(std::int64_t n) { bytes = n; }  // NOLINT(readability-identifier-naming)

    std::int64_t max_iterations = 10;
    std::int64_t done = 0;
    int batches = 0;
    std::int64_t items = -1;
    std::int64_t bytes = -1;
};

TEST(AsBenchmark, RunsACallableOnceAnIteration) {
    int n = 0;
    fake_state state;
    auto run = as_benchmark([&n] { return ++n; });
    run(state);
    EXPECT_EQ(n, 10);
    EXPECT_EQ(state.items, -1);  // no rate that nobody asked for
    EXPECT_EQ(state.bytes, -1);
    as_benchmark([&n] { ++n; })(state);
    EXPECT_EQ(n, 20);
}

TEST(AsBenchmark, TellsTheWorkThatWasDone) {
    fake_state state;
    as_benchmark([] { return 1; }, {.items = 3, .bytes = 24})(state);
    EXPECT_EQ(state.items, 30);
    EXPECT_EQ(state.bytes, 240);
}

TEST(AsBenchmark, RunsABodyAsOneBatch) {
    int n = 0;
    body const counting{[&n] { return ++n; }};
    fake_state state;
    as_benchmark(counting, {.items = 2})(state);
    EXPECT_EQ(n, 10);
    EXPECT_EQ(state.batches, 2);  // the second says that it is over
    EXPECT_EQ(state.items, 20);
}

TEST(RegisterBenchmarks, RegistersEveryBodyInItsOrder) {
    int a = 0;
    int b = 0;
    std::vector<std::pair<std::string, std::function<void(fake_state&)>>> known;
    auto const registered = register_benchmarks({{"a", [&a] { ++a; }}, {"b", [&b] { ++b; }}},
                                                [&known](char const* name, auto run) {
                                                    known.emplace_back(name, run);
                                                    return known.size();
                                                },
                                                {.bytes = 8});
    EXPECT_EQ(registered, (std::vector<std::size_t>{1, 2}));
    ASSERT_EQ(known.size(), 2U);
    EXPECT_EQ(known[0].first, "a");
    EXPECT_EQ(known[1].first, "b");
    fake_state state;
    known[1].second(state);
    EXPECT_EQ(a, 0);
    EXPECT_EQ(b, 10);
    EXPECT_EQ(state.bytes, 80);
}

}  // namespace
}  // namespace poise::profile
