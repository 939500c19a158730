// SPDX-License-Identifier: MIT
// Where a computation runs: on the processor, or on a GPU where the program is linked with poise::cuda.
#pragma once

#include <poise/core/error.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace poise {

/// What keeps a GPU from being used.
enum class device_fault {
    none,
    not_built,       ///< poise was built without CUDA
    not_linked,      ///< the program is not linked with poise::cuda
    no_driver,       ///< there is no NVIDIA driver on this machine
    driver_too_old,  ///< for the CUDA that poise was built with
    no_gpu,          ///< the driver shows none to this process
    no_such_gpu,     ///< there are fewer
    no_code,         ///< poise was built for other processors than this GPU
    busy,            ///< another process has it for itself, or it is closed to computations
    out_of_memory,   ///< so full that nothing can be begun on it
    lost,            ///< after an error that only a new process mends
    failed           ///< another error of the driver
};

/// "no driver"
[[nodiscard]] char const* to_string(device_fault fault) noexcept;

/// A GPU was asked for by name and cannot be used: why, and what to do about it.
class device_unavailable : public error {
public:
    device_unavailable(device_fault fault, std::string const& message) : error{message}, fault_{fault} {}
    [[nodiscard]] device_fault fault() const noexcept { return fault_; }

private:
    device_fault fault_;
};

/// What would not fit on a GPU. Thrown before anything is begun there, or where others took the memory in between; the
/// GPU can be used afterwards.
class not_enough_device_memory : public error {
public:
    not_enough_device_memory(std::string const& device, std::string const& what, std::uint64_t needed_bytes,
                             std::uint64_t free_bytes);

    [[nodiscard]] std::uint64_t needed_bytes() const noexcept { return needed_bytes_; }
    [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_bytes_; }

private:
    std::uint64_t needed_bytes_;
    std::uint64_t free_bytes_;
};

/// A GPU that met an error which only a new process mends, as an access beyond its memory. What was computed there is
/// gone; device::cuda() refuses it from then on, and nothing is done again elsewhere.
class device_lost : public error {
public:
    using error::error;
};

struct device_state;

/// The processor, or one GPU by its number. A value; nothing is held on the GPU. Thread-safe.
class device {
public:
    /// The processor.
    device() noexcept = default;
    [[nodiscard]] static device cpu() noexcept { return {}; }
    /// GPU number `index`, as CUDA counts them. Throws device_unavailable where it cannot be used, and never gives
    /// another device instead; std::invalid_argument for a negative number. Cost: the first call begins work on the
    /// GPU, some tenths of a second; without a driver, less than a millisecond.
    [[nodiscard]] static device cuda(int index = 0);
    /// The first GPU that can be used, else the processor: why_cpu() then says what is missing. The environment
    /// variable POISE_DEVICE, cpu or cuda:N, decides instead: where that GPU cannot be used this throws as cuda(N)
    /// does, and std::invalid_argument where the variable holds anything else. Cost: as cuda().
    [[nodiscard]] static device best();
    /// The processor, and all GPUs that the driver shows, with what keeps each from being used. Only the processor
    /// where there is no driver or no poise::cuda: best() says which. Cost: as cuda() for each.
    [[nodiscard]] static std::vector<device_state> all();

    [[nodiscard]] bool is_cpu() const noexcept { return index_ < 0; }
    [[nodiscard]] bool is_cuda() const noexcept { return index_ >= 0; }
    /// The number of a GPU; −1 for the processor.
    [[nodiscard]] int index() const noexcept { return index_; }
    /// "cpu" or "cuda:0"
    [[nodiscard]] std::string name() const;
    /// Why best() took the processor; empty for every other device.
    [[nodiscard]] std::string const& why_cpu() const noexcept { return why_cpu_; }

    /// The same processor or GPU, however it was come by.
    friend bool operator==(device const& a, device const& b) noexcept { return a.index_ == b.index_; }

private:
    friend struct device_access;

    int index_ = -1;
    std::string why_cpu_;
};

/// name(), and why it is the processor where best() chose it: "cpu (no NVIDIA driver on this machine)"
[[nodiscard]] std::string to_text(device const& which);
std::ostream& operator<<(std::ostream& out, device const& which);

/// A device and what is known of it.
struct device_state {
    device which;
    std::string description;        ///< "NVIDIA H200"; of the processor "processor"
    int compute_capability = 0;     ///< of a GPU, times ten: 90 for 9.0
    int n_multiprocessors = 0;      ///< of a GPU
    std::uint64_t total_bytes = 0;  ///< of a GPU, its memory, and what is free of it
    std::uint64_t free_bytes = 0;
    device_fault fault = device_fault::none;
    std::string why = {};  ///< what keeps it from being used, and what to do; empty where nothing does

    [[nodiscard]] explicit operator bool() const noexcept { return fault == device_fault::none; }
};

/// One line: "cuda:0, NVIDIA H200, compute capability 9.0, 132 multiprocessors, 138.00 GiB free of 140.00 GiB"
std::ostream& operator<<(std::ostream& out, device_state const& state);

}  // namespace poise
