// SPDX-License-Identifier: MIT
// Private to src/linear: a separable hierarchy on a GPU.
#pragma once

#include "core/device_multigrid.hpp"
#include "linear/separable/hierarchy.hpp"

#include <poise/core/device.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace poise::linear::detail {

/// V-cycles of one sweep before each coarser grid and one after it. Directions may be periodic.
template <std::size_t D>
class device_hierarchy {
public:
    /// Of one unknown at least, fewer than 2³¹ along each direction.
    device_hierarchy(separable_problem<D> const& problem, bool in_single, device const& where);

    class solve;

    [[nodiscard]] std::size_t n_levels() const noexcept { return n_levels_; }
    [[nodiscard]] std::size_t bytes() const { return on_device_->bytes(); }

private:
    std::size_t n_levels_ = 0;
    std::unique_ptr<poise::detail::device_multigrid> on_device_;
};

/// As separable_hierarchy::solve, but that x is where it was until give_x().
template <std::size_t D>
class device_hierarchy<D>::solve {
public:
    solve(device_hierarchy const& owner, std::span<double const> b, std::span<double> x, double scale, double mean,
          std::size_t n_threads);

    [[nodiscard]] double residual_norm() { return running_->residual_norm(); }
    [[nodiscard]] double begin_cycle(double expected);
    void end_cycle(separable_cycles how);
    [[nodiscard]] double norm_of_x() { return running_->norm_of_x(); }
    void set_mean(double mean) { running_->set_mean(mean); }
    void give_x();

private:
    std::span<double> x_;
    std::unique_ptr<poise::detail::device_solve> running_;
};

}  // namespace poise::linear::detail
