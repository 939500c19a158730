// SPDX-License-Identifier: MIT
#include "core/devices.hpp"
#include "core/quoted.hpp"

#include <poise/core/concat.hpp>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <ostream>
#include <string_view>
#include <system_error>
#include <utility>

namespace poise {

struct device_access {
    static device cuda(int index) {
        device result;
        result.index_ = index;
        return result;
    }
    static device cpu(std::string why) {
        device result;
        result.why_cpu_ = std::move(why);
        return result;
    }
};

not_enough_device_memory::not_enough_device_memory(std::string const& device, std::string const& what,
                                                   std::uint64_t needed_bytes, std::uint64_t free_bytes)
    : error{concat(device, ": ", what, " needs ", bytes_to_text(needed_bytes), ", and ", bytes_to_text(free_bytes),
                   " are free")},
      needed_bytes_{needed_bytes},
      free_bytes_{free_bytes} {}

namespace detail {
namespace {

std::string version_text(int version) { return concat(version / 1000, '.', version % 1000 / 10); }
std::string capability_text(int times_ten) { return concat(times_ten / 10, '.', times_ten % 10); }

// Why no GPU at all can be used; nothing where some may be.
std::optional<device_unavailable> fault_of_all(cuda_api const* api, cuda_overview& overview) {
    auto const because = [](device_fault fault, auto const&... parts) {
        return device_unavailable{fault, concat(parts...)};
    };
    if (api == nullptr) {
#ifdef POISE_HAS_CUDA
        return because(device_fault::not_linked,
                       "this program is not linked with poise::cuda; in CMake: "
                       "target_link_libraries(app PRIVATE poise::cuda)");
#else
        return because(device_fault::not_built,
                       "this poise was built without CUDA; install the CUDA Toolkit, 12 or "
                       "later, and build poise with -DPOISE_CUDA=ON");
#endif
    }
    overview = api->look();
    switch (overview.fault) {
        case device_fault::none:
            break;
        case device_fault::no_driver:
            return because(overview.fault, "no NVIDIA driver on this machine; poise was built with CUDA ",
                           version_text(overview.runtime_version));
        case device_fault::driver_too_old:
            return because(overview.fault, "the NVIDIA driver supports CUDA ", version_text(overview.driver_version),
                           ", poise was built with CUDA ", version_text(overview.runtime_version),
                           ": update the driver, or build poise with an older CUDA Toolkit");
        case device_fault::no_gpu:
            return because(overview.fault,
                           "the NVIDIA driver shows no GPU to this process; nvidia-smi lists them, the "
                           "environment variable CUDA_VISIBLE_DEVICES hides them");
        default:
            return because(device_fault::failed, "CUDA cannot be used: ", overview.error);
    }
    return std::nullopt;
}

std::string why_not(cuda_api const& api, cuda_gpu const& gpu) {
    switch (gpu.fault) {
        case device_fault::none:
            return {};
        case device_fault::no_code:
            return concat("poise was built for compute capabilities ", api.architectures, ", this is ",
                          capability_text(gpu.compute_capability),
                          "; build it with -DCMAKE_CUDA_ARCHITECTURES=", gpu.compute_capability);
        case device_fault::busy:
            return "another process has it for itself, or it is closed to computations (compute mode, see nvidia-smi)";
        case device_fault::out_of_memory:
            return concat("nothing can be begun in what is free of its ", bytes_to_text(gpu.total_bytes),
                          "; end what else runs there, see nvidia-smi");
        case device_fault::lost:
            return concat("it was lost to an error that only a new process mends: ", gpu.error);
        default:
            return concat("CUDA cannot use it: ", gpu.error);
    }
}

device_state state_of(cuda_api const& api, int index) {
    auto const gpu = api.look_at(index);
    return {.which = device_access::cuda(index),
            .description = gpu.name,
            .compute_capability = gpu.compute_capability,
            .n_multiprocessors = gpu.n_multiprocessors,
            .total_bytes = gpu.total_bytes,
            .free_bytes = gpu.free_bytes,
            .fault = gpu.fault,
            .why = why_not(api, gpu)};
}

std::string what_there_is(int n_gpus) {
    return n_gpus == 1 ? std::string{"there is one GPU, cuda:0"}
                       : concat("there are ", n_gpus, " GPUs, cuda:0 to cuda:", n_gpus - 1);
}

std::string with_name(device_state const& state) {
    return concat(state.which.name(), state.description.empty() ? "" : ", ", state.description, ": ", state.why);
}

// N of "cuda:N"; nothing where the text is another.
std::optional<int> number_in(std::string_view text) {
    constexpr std::string_view before = "cuda:";
    if (!text.starts_with(before)) return std::nullopt;
    char const *const first = text.data() + before.size(), *const last = text.data() + text.size();
    int number = 0;
    auto const [end, fault] = std::from_chars(first, last, number);
    if (fault != std::errc{} || end != last || number < 0) return std::nullopt;
    return number;
}

}  // namespace

device cuda_device(cuda_api const* api, int index) {
    POISE_REQUIRE(index >= 0, "device::cuda(", index, "): GPUs are counted from 0");
    cuda_overview overview;
    if (auto const fault = fault_of_all(api, overview))
        throw device_unavailable{fault->fault(), concat("cuda:", index, ": ", fault->what())};
    if (index >= overview.n_gpus)
        throw device_unavailable{device_fault::no_such_gpu,
                                 concat("cuda:", index, ": ", what_there_is(overview.n_gpus))};
    auto const state = state_of(*api, index);
    if (!state) throw device_unavailable{state.fault, with_name(state)};
    return state.which;
}

device best_device(cuda_api const* api, char const* asked) {
    if (asked != nullptr) {
        if (asked == std::string_view{"cpu"}) return device_access::cpu("POISE_DEVICE=cpu");
        auto const number = number_in(asked);
        POISE_REQUIRE(number.has_value(), "POISE_DEVICE is ", quoted(asked),
                      "; it must be cpu or cuda:N, such as cuda:0");
        try {
            return cuda_device(api, *number);
        } catch (device_unavailable const& thrown) {
            throw device_unavailable{thrown.fault(), concat("POISE_DEVICE=", asked, ": ", thrown.what())};
        }
    }
    cuda_overview overview;
    if (auto const fault = fault_of_all(api, overview)) return device_access::cpu(fault->what());
    std::string why;
    for (int index = 0; index < overview.n_gpus; ++index) {
        auto const state = state_of(*api, index);
        if (state) return state.which;
        why += (why.empty() ? "" : "; ") + with_name(state);
    }
    return device_access::cpu(why);
}

std::vector<device_state> all_devices(cuda_api const* api) {
    std::vector<device_state> all{{.which = device::cpu(), .description = "processor"}};
    cuda_overview overview;
    if (fault_of_all(api, overview)) return all;
    for (int index = 0; index < overview.n_gpus; ++index) all.push_back(state_of(*api, index));
    return all;
}

cuda_api const* linked_cuda_api() { return poise_cuda_api_2 == nullptr ? nullptr : poise_cuda_api_2(); }

cuda_api const& cuda_api_of(device const& where) {
    cuda_api const* const api = linked_cuda_api();
    POISE_REQUIRE(api != nullptr && where.is_cuda(), where.name(), " is no GPU of this program");
    return *api;
}

}  // namespace detail

device device::cuda(int index) { return detail::cuda_device(detail::linked_cuda_api(), index); }
device device::best() { return detail::best_device(detail::linked_cuda_api(), std::getenv("POISE_DEVICE")); }
std::vector<device_state> device::all() { return detail::all_devices(detail::linked_cuda_api()); }

std::string device::name() const { return is_cpu() ? std::string{"cpu"} : concat("cuda:", index_); }

std::string to_text(device const& which) {
    return which.why_cpu().empty() ? which.name() : concat(which.name(), " (", which.why_cpu(), ')');
}
std::ostream& operator<<(std::ostream& out, device const& which) { return out << to_text(which); }

std::ostream& operator<<(std::ostream& out, device_state const& state) {
    out << state.which.name();
    if (!state.description.empty()) out << ", " << state.description;
    if (state.which.is_cuda() && state.compute_capability > 0)
        out << ", compute capability " << detail::capability_text(state.compute_capability) << ", "
            << state.n_multiprocessors << " multiprocessors, " << bytes_to_text(state.free_bytes) << " free of "
            << bytes_to_text(state.total_bytes);
    return state.why.empty() ? out : out << ": " << state.why;
}

char const* to_string(device_fault fault) noexcept {
    switch (fault) {
        case device_fault::none:
            return "none";
        case device_fault::not_built:
            return "not built with CUDA";
        case device_fault::not_linked:
            return "not linked";
        case device_fault::no_driver:
            return "no driver";
        case device_fault::driver_too_old:
            return "driver too old";
        case device_fault::no_gpu:
            return "no GPU";
        case device_fault::no_such_gpu:
            return "no such GPU";
        case device_fault::no_code:
            return "no code for this GPU";
        case device_fault::busy:
            return "busy";
        case device_fault::out_of_memory:
            return "out of memory";
        case device_fault::lost:
            return "lost";
        case device_fault::failed:
            return "failed";
    }
    return "unknown";
}

}  // namespace poise
