// SPDX-License-Identifier: MIT
#include "profile/block_size.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace poise::profile::detail {
namespace {

TEST(BlockSize, ReadInFrontOfABlockIsWhatMallocSays) {
    if (!chunk_sizes_can_be_read()) GTEST_SKIP() << "malloc is not glibc's here";
    constexpr unsigned seed = 7;
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    for (int i = 0; i < 2000; ++i) {
        std::size_t const size = random() >> (random() % 24 + 40);  // up to 16 MiB, all orders of magnitude
        void* const block = i % 3 == 0 ? std::aligned_alloc(64, (size + 63) / 64 * 64) : std::malloc(size);
        ASSERT_NE(block, nullptr);
        if (!is_mapped_chunk(block)) {
            EXPECT_EQ(chunk_block_size(block), ::malloc_usable_size(block)) << size;
        }
        std::free(block);
    }
    void* const large = std::malloc(std::size_t{64} << 20);
    EXPECT_TRUE(is_mapped_chunk(large));
    std::free(large);
}

}  // namespace
}  // namespace poise::profile::detail
