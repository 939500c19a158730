// SPDX-License-Identifier: MIT
#include "profile/remembered.hpp"

#include "profile/profiled.hpp"

#include <string>
#include <thread>
#include <vector>

namespace poise::profile::detail {
namespace {

class remembering : public profiled {
protected:
    remembering() { forget(); }
    ~remembering() override { forget(); }
};

measurement measurement_named(std::string name) {
    measurement m;
    m.name = std::move(name);
    return m;
}

TEST_F(remembering, KeepsOneListOfEachKind) {
    remember(measurement_named("a"));
    comparison compared;
    compared.name = "b";
    remember(compared);
    sampled_profile sampled;
    sampled.name = "c";
    remember(sampled);
    remembered const kept = take_remembered();
    EXPECT_EQ(kept.measurements, std::vector{measurement_named("a")});
    EXPECT_EQ(kept.comparisons, std::vector{compared});
    EXPECT_EQ(kept.samples, std::vector{sampled});
    EXPECT_EQ(take_remembered().measurements.size(), 1U);  // taking removes nothing
    forget();
    EXPECT_TRUE(take_remembered().measurements.empty());
    EXPECT_TRUE(take_remembered().comparisons.empty());
    EXPECT_TRUE(take_remembered().samples.empty());
}

TEST_F(remembering, KeepsTheLatestInTheirOrder) {
    for (int i = 0; i < 40; ++i) remember(measurement_named(std::to_string(i)));
    auto const kept = take_remembered().measurements;
    ASSERT_EQ(kept.size(), most_remembered);
    EXPECT_EQ(kept.front().name, "8");
    EXPECT_EQ(kept.back().name, "39");
}

TEST_F(remembering, KeepsNothingWhileProfilingIsOff) {
    disable();
    remember(measurement_named("a"));
    EXPECT_TRUE(take_remembered().measurements.empty());
}

TEST_F(remembering, MayBeDoneByManyThreads) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([] {
            for (int i = 0; i < 50; ++i) {
                remember(measurement_named("x"));
                EXPECT_LE(take_remembered().measurements.size(), most_remembered);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(take_remembered().measurements.size(), most_remembered);
}

}  // namespace
}  // namespace poise::profile::detail
