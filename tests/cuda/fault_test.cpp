// SPDX-License-Identifier: MIT
#include "cuda/fault.hpp"

#include <gtest/gtest.h>

#include <vector>

using poise::device_fault;
using poise::cuda::detail::fault_of;

namespace {

struct meaning {
    int error;  // of CUDA's driver_types.h
    int driver_version;
    device_fault fault;
};

TEST(fault, tells_reasons_apart) {
    for (auto const& [error, driver_version, fault] : std::vector<meaning>{{0, 13000, device_fault::none},
                                                                           {35, 0, device_fault::no_driver},
                                                                           {35, 12020, device_fault::driver_too_old},
                                                                           {34, 0, device_fault::no_driver},
                                                                           {34, 13000, device_fault::no_driver},
                                                                           {100, 13000, device_fault::no_gpu},
                                                                           {101, 13000, device_fault::no_such_gpu},
                                                                           {209, 13000, device_fault::no_code},
                                                                           {222, 13000, device_fault::no_code},
                                                                           {46, 13000, device_fault::busy},
                                                                           {2, 13000, device_fault::out_of_memory},
                                                                           {3, 13000, device_fault::failed},
                                                                           {803, 13000, device_fault::failed},
                                                                           {999, 13000, device_fault::failed}})
        EXPECT_EQ(to_string(fault_of(error, driver_version)), to_string(fault))
            << error << ", driver " << driver_version;
}

TEST(fault, knows_what_a_process_does_not_recover_from) {
    for (int const error : {214, 220, 226, 700, 702, 710, 714, 715, 716, 717, 718, 719})
        EXPECT_EQ(fault_of(error, 13000), device_fault::lost) << error;
    // A launch with wrong arguments, a resource too small: mistakes of ours that leave the GPU as it was.
    for (int const error : {1, 9, 98, 701}) EXPECT_EQ(fault_of(error, 13000), device_fault::failed) << error;
}

}  // namespace
