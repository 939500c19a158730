// SPDX-License-Identifier: MIT
#include "profile/stack_tree.hpp"

#include "profile/function_name.hpp"
#include "profile/memory_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace poise::profile::detail {
namespace {

using stack = std::vector<std::uintptr_t>;

// Addresses below the first page are no code and are called by their numbers.
TEST(StackTree, CountsByPath) {
    stack_tree tree;
    tree.add(stack{0x30, 0x20, 0x10}, stack_end::whole);
    tree.add(stack{0x30, 0x20, 0x10}, stack_end::whole);
    tree.add(stack{0x20, 0x10}, stack_end::whole);
    tree.add(stack{0x40}, stack_end::whole);
    EXPECT_EQ(tree.samples(), 4U);
    function_statistics const root = tree.functions();
    EXPECT_EQ(root.total_samples, 4U);
    ASSERT_EQ(root.children.size(), 2U);
    function_statistics const& outer = root.children[0];
    EXPECT_EQ(outer.where.function, "[0x10]");
    EXPECT_EQ(outer.total_samples, 3U);
    EXPECT_EQ(outer.self_samples, 0U);
    ASSERT_EQ(outer.children.size(), 1U);
    EXPECT_EQ(outer.children[0].self_samples, 1U);
    EXPECT_EQ(outer.children[0].total_samples, 3U);
    ASSERT_EQ(outer.children[0].children.size(), 1U);
    EXPECT_EQ(outer.children[0].children[0].self_samples, 2U);
    EXPECT_EQ(root.children[1].where.function, "[0x40]");
    EXPECT_EQ(root.children[1].self_samples, 1U);
}

TEST(StackTree, KeepsApartWhatWasNotSeenToTheEnd) {
    stack_tree tree;
    tree.add(stack{0x20, 0x10}, stack_end::whole);
    tree.add(stack{0x20}, stack_end::lost);
    tree.add(stack{0x20}, stack_end::lost);
    tree.add(stack{0x20, 0x20}, stack_end::too_deep);
    function_statistics const root = tree.functions();
    ASSERT_EQ(root.children.size(), 3U);
    EXPECT_EQ(root.children[0].where.function, "[callers not found]");
    EXPECT_EQ(root.children[0].total_samples, 2U);
    EXPECT_EQ(root.children[1].where.function, "[0x10]");
    EXPECT_EQ(root.children[2].where.function, "[callers past 128 calls]");
}

TEST(StackTree, IsBounded) {
    stack_tree tree;
    std::uintptr_t next = 0x10;
    stack deep(max_sampled_depth);
    constexpr std::uint64_t many = 10000;
    for (std::uint64_t i = 0; i < many; ++i) {
        for (std::uintptr_t& address : deep) address = next++;
        tree.add(deep, stack_end::whole);
    }
    EXPECT_GT(tree.lost(), 0U);
    EXPECT_EQ(tree.samples() + tree.lost(), many);
    EXPECT_LE(tree.samples() * max_sampled_depth, 1'000'000U);
}

TEST(SampleRing, HandsOutWhatWasPutInAndCountsTheRest) {
    auto const ring = std::make_unique<sample_ring>();
    std::uint64_t put = 0, taken = 0;
    for (int round = 0; round < 5; ++round) {
        while (ring->begin()) {
            for (std::size_t i = 0; i <= put % max_sampled_depth; ++i) ring->put(put * 1000 + i);
            ring->finish(put % 2 == 0 ? stack_end::whole : stack_end::lost);
            ++put;
        }
        ring->drain([&](auto addresses, stack_end end) {
            ASSERT_EQ(addresses.size(), taken % max_sampled_depth + 1);
            for (std::size_t i = 0; i < addresses.size(); ++i) EXPECT_EQ(addresses[i], taken * 1000 + i);
            EXPECT_EQ(end, taken % 2 == 0 ? stack_end::whole : stack_end::lost);
            ++taken;
        });
        EXPECT_EQ(taken, put);
    }
    EXPECT_GT(put, 1000U);
    EXPECT_EQ(ring->lost(), 5U);
    ring->drain([](auto, stack_end) { FAIL(); });
}

TEST(MemoryMap, KnowsStacksAndHeap) {
    memory_map const map;
    int on_the_stack = 0;
    auto const own = reinterpret_cast<std::uintptr_t>(&on_the_stack);
    EXPECT_EQ(map.from(own).low, own);
    EXPECT_GT(map.from(own).high, own);
    EXPECT_EQ(map.from(0x10).high, 0U);
    EXPECT_EQ(map.from(reinterpret_cast<std::uintptr_t>(&fitted_function)).high, 0U);  // code is not writable
}

TEST(FunctionName, IsShortenedOnlyWhereItMustBe) {
    std::string const name = "std::vector<int, std::allocator<int> >::push_back(int const&)";
    EXPECT_EQ(fitted_function(name, 61), name);
    EXPECT_EQ(fitted_function(name, 60), "std::vector<…>::push_back(int const&)");
    EXPECT_EQ(fitted_function(name, 30), "std::vector<…>::push_back(…)");
    EXPECT_EQ(fitted_function(name, 10), "std::vect…");
    EXPECT_EQ(fitted_function("a\nb", 10), "a?b");
}

TEST(FunctionName, KeepsOperatorsAndWhatIsNoParameter) {
    EXPECT_EQ(fitted_function("operator<<(std::ostream&, item<int> const&)", 20), "operator<<(…)");
    EXPECT_EQ(fitted_function("item<int>::operator->() const", 24), "item<…>::operator->() c…");
    EXPECT_EQ(fitted_function("item<int>::operator()(int, int) const", 33), "item<…>::operator()(…) const");
    EXPECT_EQ(fitted_function("(anonymous namespace)::f(int, double)", 30), "(anonymous namespace)::f(…)");
    EXPECT_EQ(fitted_function("f(decltype (a->b) x, map<k, v>::type) end", 20), "f(…) end");
    EXPECT_EQ(fitted_function("broken<<<<<<<<<<<<<<<<", 12), "broken<…>");
}

}  // namespace
}  // namespace poise::profile::detail
