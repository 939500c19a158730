// SPDX-License-Identifier: MIT
// Private to src/: a GPU that runs programs, one after the other. For files that nvcc compiles.
#pragma once

#include "cuda/graphs.hpp"
#include "cuda/kernel_times.hpp"
#include "cuda/phased.hpp"
#include "cuda/stream.hpp"

#include <poise/core/device.hpp>
#include <poise/cuda/detail/device_memory.hpp>

#include <cstddef>
#include <set>
#include <span>

namespace poise::cuda::detail {

template <class Program>
__global__ void __launch_bounds__(Program::n_threads, Program::n_resident)
    run_blocks(__grid_constant__ Program const program) {
    extern __shared__ __align__(16) unsigned char shared[];
    device_block block{shared};
    program(block);
}

/// What it promises is said where multigrid hierarchies are run on machines. For one thread.
class device_machine {
public:
    using place = device;

    template <class T>
    class array {
    public:
        array(device_machine& machine, std::size_t n, char const* what) : on_device_{machine.queue_, n, what} {}
        [[nodiscard]] T* data() const noexcept { return on_device_.data(); }

    private:
        device_array<T> on_device_;
    };

    explicit device_machine(device const& where) : queue_{where}, times_{queue_} {}

    void require_room(double n_bytes, char const* what) const { queue_.require_room(n_bytes, what); }
    template <class T>
    void upload(T* to, std::span<T const> from) {
        current_gpu const here{queue_.where()};
        times_.begin("copy to it", static_cast<double>(from.size_bytes()));
        queue_.upload(to, from.data(), from.size_bytes());
        times_.end();
        queue_.finish();
        times_.collect();
    }
    template <class T>
    void download(std::span<T> to, T const* from) {
        current_gpu const here{queue_.where()};
        times_.begin("copy from it", static_cast<double>(to.size_bytes()));
        queue_.download(to.data(), from, to.size_bytes());
        times_.end();
        times_.collect();
    }
    template <class T>
    void fill_zero(T* to, std::size_t n) const {
        current_gpu const here{queue_.where()};
        queue_.require(cudaMemsetAsync(to, 0, n * sizeof(T), stream_of(queue_)), "filling memory");
    }
    template <class Program>
    void run(Program const& program) {
        current_gpu const here{queue_.where()};
        std::size_t const shared_bytes = program.shared_bytes();
        ask_for_shared_memory<Program>(shared_bytes);
        if (!is_recording_) times_.begin(Program::name, program.bytes());
        run_blocks<<<static_cast<unsigned>(program.n_blocks()), Program::n_threads, shared_bytes, stream_of(queue_)>>>(
            program);
        queue_.require(cudaGetLastError(), "starting a kernel");
        if (!is_recording_) times_.end();
    }
    template <class Record>
    void replay(int which, Record const& record) {
        current_gpu const here{queue_.where()};
        if (kernel_times::is_on()) return record();  // each kernel is measured
        // The first time kernels are loaded, which may not be while they are recorded.
        if (has_run_.insert(which).second) return record();
        if (!graphs_.has(which)) make_graph(which, record);
        graphs_.launch(queue_, which);
    }

private:
    // The limit is the kernel's, for all threads of this process: always the same one.
    template <class Program>
    void ask_for_shared_memory(std::size_t n_bytes) const {
        if constexpr (requires { Program::most_shared_bytes; }) n_bytes = Program::most_shared_bytes;
        constexpr std::size_t without_asking = 48 * 1024;
        if (n_bytes <= without_asking) return;
        queue_.require(cudaFuncSetAttribute(run_blocks<Program>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                            static_cast<int>(n_bytes)),
                       "asking for shared memory");
    }
    template <class Record>
    void make_graph(int which, Record const& record) {
        graphs_.begin(queue_);
        is_recording_ = true;
        try {
            record();
        } catch (...) {
            is_recording_ = false;
            graphs_.give_up(queue_);
            throw;
        }
        is_recording_ = false;
        graphs_.end(queue_, which);
    }

    queue queue_;
    kernel_times times_;
    graphs graphs_;
    std::set<int> has_run_;      ///< sequences
    bool is_recording_ = false;  ///< a graph: nothing is done yet
};

}  // namespace poise::cuda::detail
