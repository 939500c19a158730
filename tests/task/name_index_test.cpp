// SPDX-License-Identifier: MIT
#include "task/name_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace poise::task::detail;

namespace {

// What a graph does with it.
struct book {
    std::vector<std::string> names;
    name_index index;
    std::uint32_t mask = ~0U;  // fewer bits of the hash: more of them alike

    name_index::place find(std::string_view name) {
        index.reserve_one();
        return index.find(hash_of(name) & mask, [&](std::uint32_t n) { return names[n] == name; });
    }
    bool add(std::string const& name) {
        auto const place = find(name);
        if (place.taken) return false;
        index.insert(place, hash_of(name) & mask, static_cast<std::uint32_t>(names.size()));
        names.push_back(name);
        return true;
    }
};

}  // namespace

TEST(NameIndex, FindsWhatWasInsertedAndNothingElse) {
    book b;
    for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(b.add("task " + std::to_string(i)));
    for (int i = 0; i < 20'000; ++i) {
        auto const place = b.find("task " + std::to_string(i));
        ASSERT_TRUE(place.taken);
        ASSERT_EQ(b.index.number(place), static_cast<std::uint32_t>(i));
        ASSERT_FALSE(b.find("other " + std::to_string(i)).taken);
    }
    EXPECT_FALSE(b.add("task 77"));
}

TEST(NameIndex, TellsNamesOfOneHashApart) {
    for (std::uint32_t const mask : {0U, 0xFU, 0xFE00'0000U}) {
        book b;
        b.mask = mask;
        for (int i = 0; i < 300; ++i) ASSERT_TRUE(b.add(std::to_string(i)));
        for (int i = 0; i < 300; ++i)
            ASSERT_EQ(b.index.number(b.find(std::to_string(i))), static_cast<std::uint32_t>(i));
        EXPECT_FALSE(b.find("300").taken);
    }
}

TEST(NameIndex, ForgetsTheLastOne) {
    book b;
    for (int i = 0; i < 100; ++i) (void)b.add(std::to_string(i));
    b.index.erase_last(b.find("99"));
    b.names.pop_back();
    EXPECT_FALSE(b.find("99").taken);
    EXPECT_TRUE(b.find("98").taken);
    EXPECT_TRUE(b.add("99"));
}

TEST(HashOf, UsesEveryByte) {
    for (std::size_t size = 1; size <= 40; ++size) {
        std::string const name(size, 'a');
        std::set<std::uint32_t> hashes{hash_of(name)};
        for (std::size_t i = 0; i < size; ++i) {
            std::string other = name;
            other[i] = 'b';
            hashes.insert(hash_of(other));
        }
        EXPECT_EQ(hashes.size(), size + 1) << size;
    }
    EXPECT_NE(hash_of("ab"), hash_of("abb"));
    EXPECT_NE(hash_of(std::string_view{"\0", 1}), hash_of(std::string_view{"\0\0", 2}));
}

// Numbered names are the rule: as few of them may share a hash as do by chance, n²/2³³.
TEST(HashOf, SpreadsNumberedNames) {
    std::vector<std::uint32_t> hashes;
    constexpr int n = 200'000;
    for (int i = 0; i < n; ++i) hashes.push_back(hash_of("task " + std::to_string(i)));
    std::ranges::sort(hashes);
    auto const n_alike = n - (std::unique(hashes.begin(), hashes.end()) - hashes.begin());
    EXPECT_LE(n_alike, 20) << "4.7 are expected";
}
