// SPDX-License-Identifier: MIT
// Every reason why a GPU cannot be used, by drivers that are made up: no GPU is needed, and none is asked for.
#include "core/devices.hpp"
#include "support/expect_message.hpp"
#include "support/message_of.hpp"

#include <poise/core/device.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace poise;
using detail::cuda_api;
using detail::cuda_gpu;
using detail::cuda_overview;
using poise_test::expect_message;
using poise_test::message_of;

namespace {

// What the driver is said to find. Functions of a C table know no state but this.
cuda_overview overview;
std::vector<cuda_gpu> gpus;
int n_looks_at = 0;

constexpr cuda_api made_up{[] { return overview; },
                           [](int index) {
                               ++n_looks_at;
                               return gpus.at(static_cast<std::size_t>(index));
                           },
                           "8.0, 9.0 and later"};

cuda_gpu gpu(device_fault fault = device_fault::none, char const* error = "") {
    cuda_gpu result{.fault = fault,
                    .compute_capability = 90,
                    .n_multiprocessors = 132,
                    .total_bytes = std::uint64_t{140} << 30,
                    .free_bytes = std::uint64_t{138} << 30};
    std::string{"NVIDIA H200"}.copy(result.name, sizeof result.name - 1);
    std::string{error}.copy(result.error, sizeof result.error - 1);
    return result;
}
void there_are(std::vector<cuda_gpu> const& all) {
    overview = {.n_gpus = static_cast<int>(all.size()), .driver_version = 13000, .runtime_version = 13000};
    gpus = all;
    n_looks_at = 0;
}
template <class Value>
std::string text_of(Value const& value) {
    std::ostringstream text;
    text << value;
    return text.str();
}
device_fault fault_of_cuda(int index) {
    try {
        (void)detail::cuda_device(&made_up, index);
    } catch (device_unavailable const& thrown) {
        return thrown.fault();
    }
    return device_fault::none;
}

TEST(device, is_the_processor_unless_asked_for_another) {
    EXPECT_TRUE(device{}.is_cpu());
    EXPECT_FALSE(device{}.is_cuda());
    EXPECT_EQ(device{}, device::cpu());
    EXPECT_EQ(device::cpu().index(), -1);
    EXPECT_EQ(text_of(device::cpu()), "cpu");
    EXPECT_EQ(device::cpu().why_cpu(), "");
}

TEST(device, is_a_gpu_by_its_number) {
    there_are({gpu(), gpu()});
    auto const first = detail::cuda_device(&made_up, 0), second = detail::cuda_device(&made_up, 1);
    EXPECT_TRUE(second.is_cuda());
    EXPECT_EQ(second.index(), 1);
    EXPECT_EQ(text_of(second), "cuda:1");
    EXPECT_NE(first, second);
    EXPECT_NE(first, device::cpu());
}

TEST(device, refuses_numbers_that_no_gpu_has) {
    there_are({gpu()});
    expect_message<std::invalid_argument>([] { (void)device::cuda(-1); }, "device::cuda(-1): GPUs are counted from 0");
    expect_message<device_unavailable>([] { (void)detail::cuda_device(&made_up, 1); },
                                       "cuda:1: there is one GPU, cuda:0");
    EXPECT_EQ(fault_of_cuda(1), device_fault::no_such_gpu);
    there_are({gpu(), gpu(), gpu()});
    expect_message<device_unavailable>([] { (void)detail::cuda_device(&made_up, 3); },
                                       "cuda:3: there are 3 GPUs, cuda:0 to cuda:2");
}

struct reason {
    device_fault fault;
    std::string text;
};

TEST(device, says_why_no_gpu_can_be_used) {
    for (auto const& [fault, text] : std::vector<reason>{
             {device_fault::no_driver, "no NVIDIA driver on this machine; poise was built with CUDA 13.0"},
             {device_fault::driver_too_old,
              "the NVIDIA driver supports CUDA 12.2, poise was built with CUDA 13.0: "
              "update the driver, or build poise with an older CUDA Toolkit"},
             {device_fault::no_gpu,
              "the NVIDIA driver shows no GPU to this process; nvidia-smi lists them, the "
              "environment variable CUDA_VISIBLE_DEVICES hides them"},
             {device_fault::failed, "CUDA cannot be used: initialization error"}}) {
        SCOPED_TRACE(to_string(fault));
        overview = {.fault = fault, .driver_version = 12020, .runtime_version = 13000, .error = "initialization error"};
        EXPECT_EQ(fault_of_cuda(0), fault);
        EXPECT_EQ(message_of<device_unavailable>([] { (void)detail::cuda_device(&made_up, 0); }), "cuda:0: " + text);
        auto const best = detail::best_device(&made_up, nullptr);
        EXPECT_TRUE(best.is_cpu());
        EXPECT_EQ(text_of(best), "cpu (" + text + ")");
        EXPECT_EQ(detail::all_devices(&made_up).size(), 1u);
    }
}

TEST(device, says_that_the_program_is_not_linked_or_poise_not_built_with_it) {
    auto const best = detail::best_device(nullptr, nullptr);
    EXPECT_TRUE(best.is_cpu());
    bool const is_built = best.why_cpu().starts_with("this program is not linked with poise::cuda");
    bool const is_not = best.why_cpu().starts_with("this poise was built without CUDA");
    EXPECT_NE(is_built, is_not) << best.why_cpu();
    expect_message<device_unavailable>([] { (void)detail::cuda_device(nullptr, 0); }, "cuda:0: this p");
    EXPECT_EQ(detail::all_devices(nullptr).size(), 1u);
    EXPECT_EQ(detail::linked_cuda_api(), nullptr);  // this program is not
}

TEST(device, says_why_one_gpu_cannot_be_used) {
    for (auto const& [fault, text] : std::vector<reason>{
             {device_fault::no_code,
              "poise was built for compute capabilities 8.0, 9.0 and later, this is 9.0; build it "
              "with -DCMAKE_CUDA_ARCHITECTURES=90"},
             {device_fault::busy,
              "another process has it for itself, or it is closed to computations (compute mode, see nvidia-smi)"},
             {device_fault::out_of_memory,
              "nothing can be begun in what is free of its 140.00 GiB; end what else "
              "runs there, see nvidia-smi"},
             {device_fault::lost, "it was lost to an error that only a new process mends: unspecified launch failure"},
             {device_fault::failed, "CUDA cannot use it: unspecified launch failure"}}) {
        SCOPED_TRACE(to_string(fault));
        there_are({gpu(fault, "unspecified launch failure"), gpu()});
        EXPECT_EQ(fault_of_cuda(0), fault);
        EXPECT_EQ(message_of<device_unavailable>([] { (void)detail::cuda_device(&made_up, 0); }),
                  "cuda:0, NVIDIA H200: " + text);
        EXPECT_EQ(detail::best_device(&made_up, nullptr).name(), "cuda:1");
        auto const all = detail::all_devices(&made_up);
        ASSERT_EQ(all.size(), 3u);
        EXPECT_FALSE(all[1]);
        EXPECT_EQ(all[1].why, text);
        EXPECT_TRUE(all[2]);
    }
}

TEST(device, best_says_of_every_gpu_why_it_is_not_used) {
    there_are({gpu(device_fault::busy), gpu(device_fault::failed, "unknown error")});
    EXPECT_EQ(detail::best_device(&made_up, nullptr).why_cpu(),
              "cuda:0, NVIDIA H200: another process has it for itself, or it is closed to computations (compute mode, "
              "see nvidia-smi); cuda:1, NVIDIA H200: CUDA cannot use it: unknown error");
}

TEST(device, best_looks_no_farther_than_the_first_gpu_that_works) {
    there_are({gpu(), gpu()});
    auto const best = detail::best_device(&made_up, nullptr);
    EXPECT_EQ(best.name(), "cuda:0");
    EXPECT_EQ(best.why_cpu(), "");
    EXPECT_EQ(n_looks_at, 1);
}

TEST(device, best_is_what_the_environment_says) {
    there_are({gpu(), gpu(), gpu(device_fault::busy)});
    auto const cpu = detail::best_device(&made_up, "cpu");
    EXPECT_EQ(text_of(cpu), "cpu (POISE_DEVICE=cpu)");
    EXPECT_EQ(n_looks_at, 0);
    EXPECT_EQ(detail::best_device(&made_up, "cuda:1").name(), "cuda:1");
    // What was asked for by name is never something else instead.
    expect_message<device_unavailable>([] { (void)detail::best_device(&made_up, "cuda:2"); },
                                       "POISE_DEVICE=cuda:2: cuda:2, NVIDIA H200: another process");
    expect_message<device_unavailable>([] { (void)detail::best_device(&made_up, "cuda:7"); },
                                       "POISE_DEVICE=cuda:7: cuda:7: there are 3 GPUs, cuda:0 to cuda:2");
    for (auto const* const asked :
         {"", "gpu", "CPU", "cuda", "cuda:", "cuda:x", "cuda:1x", "cuda:-1", "cuda:+1", " cpu", "cuda:99999999999"})
        expect_message<std::invalid_argument>(
            [&] { (void)detail::best_device(&made_up, asked); },
            std::string{"POISE_DEVICE is '"} + asked + "'; it must be cpu or cuda:N, such as cuda:0");
}

TEST(device, states_are_lines_for_people) {
    there_are({gpu(), gpu(device_fault::busy)});
    auto const all = detail::all_devices(&made_up);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(text_of(all[0]), "cpu, processor");
    EXPECT_TRUE(all[0]);
    EXPECT_EQ(text_of(all[1]),
              "cuda:0, NVIDIA H200, compute capability 9.0, 132 multiprocessors, 138.00 GiB free of "
              "140.00 GiB");
    EXPECT_EQ(text_of(all[2]).substr(0, 40), text_of(all[1]).replace(5, 1, "1").substr(0, 40));
    EXPECT_NE(text_of(all[2]).find("140.00 GiB: another process has it for itself"), std::string::npos);
}

TEST(device, faults_have_names_of_their_own) {
    std::vector<std::string> seen;
    for (int i = 0; i <= static_cast<int>(device_fault::failed); ++i) {
        seen.emplace_back(to_string(static_cast<device_fault>(i)));
        EXPECT_NE(seen.back(), "unknown");
        EXPECT_EQ(std::count(seen.begin(), seen.end(), seen.back()), 1) << seen.back();
    }
}

}  // namespace
