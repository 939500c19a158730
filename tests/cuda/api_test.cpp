// SPDX-License-Identifier: MIT
// The real table, on whatever machine this is.
#include "core/devices.hpp"

#include <poise/core/device.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

using namespace poise;

namespace {

TEST(api, is_linked) {
    auto const* const api = detail::linked_cuda_api();
    ASSERT_NE(api, nullptr);
    EXPECT_NE(std::string{api->architectures}, "");
    auto const overview = api->look();
    EXPECT_GE(overview.runtime_version, 12000);
    EXPECT_EQ(overview.fault == device_fault::none, overview.n_gpus > 0) << overview.error;
}

TEST(api, best_and_cuda_agree) {
    auto const best = detail::best_device(detail::linked_cuda_api(), nullptr);
    if (best.is_cuda()) {
        EXPECT_EQ(device::cuda(best.index()), best);
        return;
    }
    EXPECT_NE(best.why_cpu(), "");
    try {
        (void)device::cuda(0);
        FAIL() << "device::best() found none: " << best;
    } catch (device_unavailable const& thrown) {
        EXPECT_NE(thrown.fault(), device_fault::not_linked);
        EXPECT_NE(thrown.fault(), device_fault::not_built);
        EXPECT_NE(std::string{thrown.what()}.find(best.why_cpu()), std::string::npos) << thrown.what();
    }
}

TEST(api, a_number_beyond_all_gpus_is_told_apart) {
    auto const gpu = detail::linked_cuda_api()->look_at(1000);
    EXPECT_NE(gpu.fault, device_fault::none);
    EXPECT_NE(std::string{gpu.error}, "");
}

// Where a GPU must be there, this fails; elsewhere it is skipped, with the reason.
TEST(api, a_gpu_can_be_used) {
    auto const best = device::best();
    if (best.is_cpu()) {
        char const* const required = std::getenv("POISE_REQUIRE_GPU");
        if (required != nullptr && required == std::string{"1"}) FAIL() << best;
        GTEST_SKIP() << best;
    }
    auto const all = device::all();
    ASSERT_GE(all.size(), 2u);
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (!all[i]) continue;
        EXPECT_GE(all[i].compute_capability, 75);
        EXPECT_GT(all[i].n_multiprocessors, 0);
        EXPECT_GT(all[i].free_bytes, 0u);
        EXPECT_LE(all[i].free_bytes, all[i].total_bytes);
        EXPECT_NE(all[i].description, "");
    }
}

}  // namespace
