// SPDX-License-Identifier: MIT
// The adaptors under the real Google Benchmark.
#include <poise/profile/benchmark.hpp>

#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

namespace poise::profile {
namespace {

class collector : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(Context const&) override { return true; }
    void ReportRuns(std::vector<Run> const& runs) override {
        for (Run const& run : runs) seen.emplace(run.run_name.function_name, run);
    }
    std::map<std::string, Run> seen;
};

TEST(GoogleBenchmark, RunsTheSameBodies) {
    std::int64_t plain = 0;
    std::int64_t erased = 0;
    benchmark::RegisterBenchmark("plain", as_benchmark([&plain] { return ++plain; }, {.items = 2}))->Iterations(100);
    auto const registered =
        register_benchmarks({{"erased", [&erased] { ++erased; }}},
                            [](auto&&... arguments) {
                                return benchmark::RegisterBenchmark(std::forward<decltype(arguments)>(arguments)...);
                            },
                            {.bytes = 8});
    ASSERT_EQ(registered.size(), 1U);
    registered[0]->Iterations(200);

    collector collected;
    EXPECT_EQ(benchmark::RunSpecifiedBenchmarks(&collected), 2U);
    EXPECT_EQ(plain, 100);
    EXPECT_EQ(erased, 200);
    ASSERT_EQ(collected.seen.count("plain"), 1U);
    EXPECT_EQ(collected.seen.at("plain").iterations, 100);
    EXPECT_EQ(collected.seen.at("plain").counters.count("items_per_second"), 1U);
    ASSERT_EQ(collected.seen.count("erased"), 1U);
    EXPECT_EQ(collected.seen.at("erased").iterations, 200);
    EXPECT_EQ(collected.seen.at("erased").counters.count("bytes_per_second"), 1U);
}

}  // namespace
}  // namespace poise::profile
