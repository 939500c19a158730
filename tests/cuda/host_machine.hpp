// SPDX-License-Identifier: MIT
// A processor that runs programs for a GPU, one thread of a block after the other.
#pragma once

#include "cuda/made_up_gpu.hpp"
#include "cuda/phased.hpp"

#include <poise/core/device.hpp>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace poise_test {

/// In phases all threads but one wait: what one of them writes for another in the same phase is seen by that one in one
/// of both orders only. Shared arrays have their exact size, so that the address sanitizer sees what is beyond them,
/// and begin as NaN.
class host_block {
public:
    host_block(int index, int n_threads, thread_order order) : index_{index}, n_threads_{n_threads}, order_{order} {}

    [[nodiscard]] int index() const { return index_; }
    template <class T>
    T* shared(std::size_t n) {
        auto bytes = std::make_unique<unsigned char[]>(n * sizeof(T));
        std::memset(bytes.get(), 0xff, n * sizeof(T));
        shared_.push_back(std::move(bytes));
        return reinterpret_cast<T*>(shared_.back().get());
    }
    template <class Act>
    void phase(Act const& act) {
        for (int i = 0; i < n_threads_; ++i) act(order_ == thread_order::forward ? i : n_threads_ - 1 - i);
    }

private:
    int index_, n_threads_;
    thread_order order_;
    std::vector<std::unique_ptr<unsigned char[]>> shared_;
};

/// The machine that multigrid hierarchies are run on.
class host_machine {
public:
    using place = made_up_gpu*;

    template <class T>
    class array {
    public:
        array(host_machine&, std::size_t n, char const*) : numbers_{std::make_unique_for_overwrite<T[]>(n)} {
            std::memset(static_cast<void*>(numbers_.get()), 0xff, n * sizeof(T));
        }
        [[nodiscard]] T* data() const { return numbers_.get(); }

    private:
        std::unique_ptr<T[]> numbers_;
    };

    explicit host_machine(made_up_gpu* gpu) : gpu_{*gpu} {}

    void require_room(double n_bytes, char const* what) const {
        if (n_bytes > static_cast<double>(gpu_.free_bytes))
            throw poise::not_enough_device_memory{"cuda:0", what, static_cast<std::uint64_t>(n_bytes), gpu_.free_bytes};
    }
    template <class T>
    void upload(T* to, std::span<T const> from) const {
        std::atomic_ref{gpu_.n_bytes_copied} += from.size_bytes();
        std::memcpy(to, from.data(), from.size_bytes());
    }
    template <class T>
    void download(std::span<T> to, T const* from) const {
        std::atomic_ref{gpu_.n_bytes_copied} += to.size_bytes();
        std::memcpy(to.data(), from, to.size_bytes());
    }
    template <class T>
    static void fill_zero(T* to, std::size_t n) {
        std::memset(to, 0, n * sizeof(T));
    }
    template <class Program>
    void run(Program const& program) {
        if (recorded_ != nullptr) recorded_->push_back([this, program] { run_now(program); });
        run_now(program);
    }
    /// As a graph does: the programs of the first time, as they were then.
    template <class Record>
    void replay(int which, Record const& record) {
        auto const [found, is_new] = sequences_.try_emplace(which);
        if (!is_new) {
            for (auto const& again : found->second) again();
            return;
        }
        recorded_ = &found->second;
        record();
        recorded_ = nullptr;
    }

private:
    template <class Program>
    void run_now(Program const& program) const {
        std::atomic_ref{gpu_.n_bytes_moved} += program.bytes();
        for (int i = 0; i < program.n_blocks(); ++i) {
            int const index = gpu_.order == thread_order::forward ? i : program.n_blocks() - 1 - i;
            host_block block{index, Program::n_threads, gpu_.order};
            program(block);
        }
    }

    made_up_gpu& gpu_;
    std::map<int, std::vector<std::function<void()>>> sequences_;
    std::vector<std::function<void()>>* recorded_ = nullptr;
};

}  // namespace poise_test
