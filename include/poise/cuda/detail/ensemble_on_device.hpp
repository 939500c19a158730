// SPDX-License-Identifier: MIT
// Private to cuda: an ensemble on a GPU, in as many parts as fit there.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/cuda/detail/device_memory.hpp>
#include <poise/cuda/detail/ensemble_program.hpp>
#include <poise/ode/detail/ensemble_delivery.hpp>
#include <poise/ode/ensemble_report.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::cuda::detail {

template <class Program>
__global__ void run_program(Program const program) {
    std::size_t const i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < program.of.n) program(i);
}

/// Method, Ensemble: as ode::detail::ensemble_run. Real: what is computed with.
template <class Method, class Ensemble, class Real>
class ensemble_on_device {
    static constexpr std::size_t N = Ensemble::n_components, P = Ensemble::n_parameters;
    using function = std::remove_cvref_t<decltype(std::declval<Ensemble const&>().f())>;
    using stepper = ode::detail::lane_stepper<Method, function, ode::detail::thread_registers<Real>, N, P>;
    using end = trajectory_end<Real>;
    static_assert(std::is_trivially_copyable_v<function>,
                  "cuda::solve: f is copied to the GPU byte by byte; let it hold numbers");

public:
    ensemble_on_device(device const& where, Ensemble const& ensemble, ode::detail::walk_limits<N> const& limits,
                       std::span<double const> save_at)
        : queue_{where},
          ensemble_{ensemble},
          limits_{limits},
          n_times_{save_at.size()},
          save_at_{queue_, n_times_, "the times of save_at"},
          n_at_once_{choose_part()},
          y_{queue_, N * n_at_once_, "an ensemble's states"},
          p_{queue_, P * n_at_once_, "an ensemble's parameters"},
          saved_{queue_, n_times_ * N * n_at_once_, "an ensemble's states at the times of save_at"},
          ends_{queue_, n_at_once_, "what comes of an ensemble"} {
        save_at_.upload(save_at);
    }

    /// Takes all chunks and completes them.
    void run(ode::detail::ensemble_delivery& delivery) {
        ode::detail::ensemble_delivery::chunk* chunk = nullptr;
        for (std::size_t first = 0; first < ensemble_.size(); first += n_at_once_) {
            std::size_t const n = std::min(n_at_once_, ensemble_.size() - first);
            gather(first, n);
            integrate(n);
            profile::scope const timing{"deliver"};
            for (std::size_t i = 0; i < n; ++i) {
                if (chunk == nullptr || first + i == chunk->end) chunk = delivery.take();
                deliver(delivery.rows(), *chunk, first + i, i, n);
                if (--chunk->n_left == 0) delivery.complete(*chunk);
            }
        }
    }

private:
    // Of a part, on the GPU and here: more would not be faster, and would leave others less.
    static constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;

    // So many that they take at most four fifths of what is free.
    [[nodiscard]] std::size_t choose_part() const {
        std::size_t const each = (N + P + n_times_ * N) * sizeof(Real) + sizeof(end);
        std::uint64_t const free = queue_.free_bytes();
        if (free / 5 * 4 < each)
            throw not_enough_device_memory{queue_.where().name(), "one trajectory of an ensemble", each, free};
        std::uint64_t const room = std::max<std::uint64_t>(std::min(free / 5 * 4, most_bytes), each);
        return std::min<std::size_t>(ensemble_.size(), room / each);
    }

    // Trajectories [first, first + n), as arrays of which component d begins at d n.
    void gather(std::size_t first, std::size_t n) {
        profile::scope const timing{"gather"};
        host_y_.resize(N * n);
        host_p_.resize(P * n);
        host_saved_.resize(n_times_ * N * n);
        host_ends_.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            auto const start = ensemble_.start(first + i);
            for (std::size_t d = 0; d < N; ++d) host_y_[d * n + i] = as_real(start.y0[d], first + i, "y0", d);
            if constexpr (P > 0)
                for (std::size_t j = 0; j < P; ++j) host_p_[j * n + i] = as_real(start.p[j], first + i, "p", j);
        }
    }
    // Numbers beyond those of float would be infinite there.
    [[nodiscard]] static Real as_real(double x, std::size_t trajectory, char const* of, std::size_t component) {
        POISE_REQUIRE(!std::isfinite(x) || std::abs(x) <= static_cast<double>(std::numeric_limits<Real>::max()),
                      "cuda::solve: ", of, '[', component, "] of trajectory ", trajectory, " is ", x,
                      ", more than float holds; take double");
        return static_cast<Real>(x);
    }

    void integrate(std::size_t n) {
        current_gpu const here{queue_.where()};
        {
            profile::scope copying{"to the GPU"};
            copying.bytes(static_cast<double>((N + P) * n * sizeof(Real)));
            y_.upload(host_y_);
            p_.upload(host_p_);
            queue_.finish();
        }
        {
            profile::scope const computing{"integrate"};
            if (n_times_ > 0)
                launch<true>(n);
            else
                launch<false>(n);
            queue_.finish();
        }
        profile::scope copying{"from the GPU"};
        copying.bytes(static_cast<double>(n * ((1 + n_times_) * N * sizeof(Real) + sizeof(end))));
        y_.download(host_y_);
        saved_.download(host_saved_);
        ends_.download(host_ends_);
    }
    template <bool Saves>
    void launch(std::size_t n) {
        using program = ensemble_program<Method, function, Real, N, P, Saves>;
        static_assert(sizeof(program) <= 4096, "cuda::solve: f holds more than a kernel takes as an argument, 4 kB");
        program all{
            ensemble_.f(), limits_, {n, y_.data(), p_.data(), ends_.data(), save_at_.data(), n_times_, saved_.data()}};
        constexpr unsigned n_threads = 128;
        auto const n_blocks = static_cast<unsigned>((n + n_threads - 1) / n_threads);
        void* arguments[] = {&all};
        queue_.require(cudaLaunchKernel(reinterpret_cast<void const*>(&run_program<program>), dim3{n_blocks},
                                        dim3{n_threads}, arguments, 0, static_cast<cudaStream_t>(queue_.stream())),
                       "integrating an ensemble");
    }

    // Number i of a part of n.
    void deliver(ode::detail::ensemble_rows const& rows, ode::detail::ensemble_delivery::chunk& chunk,
                 std::size_t number, std::size_t i, std::size_t n) const {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        auto const report = report_of(host_ends_[i], static_cast<double>(host_y_[host_ends_[i].component * n + i]));
        rows.reports[number] = report;
        for (std::size_t d = 0; d < N; ++d)
            rows.y[number * N + d] = report ? static_cast<double>(host_y_[d * n + i]) : none;
        for (std::size_t m = 0; m < n_times_; ++m)
            for (std::size_t d = 0; d < N; ++d)
                chunk.saved[((number - chunk.first) * n_times_ + m) * N + d] =
                    m < report.n_saved ? static_cast<double>(host_saved_[(m * N + d) * n + i]) : none;
    }
    [[nodiscard]] ode::trajectory_report report_of(end const& ended, double component_value) const {
        using kind = typename end::kind;
        ode::trajectory_report report;
        bool const is_begun = ended.reason != kind::nothing_to_do && ended.reason != kind::bad_start;
        if (ended.reason == kind::at_the_end || ended.reason == kind::nothing_to_do)
            report.reason = ode::stop_reason::reached_end;
        if (ended.reason == kind::spent) report.reason = ode::stop_reason::max_steps;
        if (ended.reason == kind::too_small) report.reason = ode::stop_reason::step_too_small;
        report.t = report ? limits_.end : static_cast<double>(ended.t);
        report.last_step = static_cast<double>(ended.last_step);
        report.n_saved = ended.n_saved;
        std::size_t const n_attempts = std::size_t{ended.n_steps} + ended.n_rejected;
        report.statistics = {.n_steps = ended.n_steps, .n_rejected = ended.n_rejected};
        if (is_begun)
            report.statistics.n_evaluations = limits_.n_evaluations_before() + n_attempts * stepper::n_evaluations +
                                              ended.n_dense * stepper::n_dense_evaluations;
        if (report || report.reason == ode::stop_reason::max_steps) return report;
        report.component = ended.component;
        report.component_value = component_value;
        return report;
    }

    queue queue_;
    Ensemble const& ensemble_;
    ode::detail::walk_limits<N> limits_;
    std::size_t n_times_;
    device_array<double> save_at_;
    std::size_t n_at_once_;
    device_array<Real> y_, p_, saved_;
    device_array<end> ends_;
    std::vector<Real> host_y_, host_p_, host_saved_;
    std::vector<end> host_ends_;
};

}  // namespace poise::cuda::detail
