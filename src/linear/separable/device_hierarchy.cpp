// SPDX-License-Identifier: MIT
#include "linear/separable/device_hierarchy.hpp"

#include "core/devices.hpp"
#include "linear/device_copies.hpp"
#include "linear/separable/device_axes.hpp"

#include <Eigen/Cholesky>

#include <array>

namespace poise::linear::detail {
namespace {

using poise::detail::device_multigrid_setup;

template <std::size_t D>
std::vector<double> coarsest_inverse(separable_problem<D> const& problem, std::array<axis_operator, D> const& axes) {
    Eigen::MatrixXd const matrix = matrix_of(problem, axes);
    auto const shares = shares_of(axes);
    Eigen::MatrixXd inverse = matrix.llt().solve(Eigen::MatrixXd::Identity(matrix.rows(), matrix.cols()));
    inverse *= Eigen::Map<Eigen::VectorXd const>{shares.data(), matrix.cols()}.asDiagonal();
    return by_rows(inverse);
}

template <std::size_t D>
device_multigrid_setup setup_of(separable_problem<D> const& problem, bool in_single) {
    device_multigrid_setup setup;
    setup.in_single = in_single;
    setup.scale = problem.scale();
    double const shift = setup.scale * problem.shift;
    auto axes = problem.scaled_axes();
    for (;;) {
        auto& fine = setup.grids.emplace_back(to_device_grid(axes, shift));
        if (fine.n_points() <= most_unknowns_of_coarsest) break;
        bool any = false;
        auto const transfers = coarsen(axes);
        for (std::size_t d = 0; d < D; ++d) {
            if (!transfers[d]) continue;
            put_transfer(*transfers[d], fine.axes[place_on_device<D>[d]]);
            any = true;
        }
        if (!any) break;
    }
    // Of a box that is as small, the coarser grid is itself.
    if (setup.grids.size() == 1) setup.grids.push_back(setup.grids.front());
    setup.coarsest_inverse = coarsest_inverse(problem, axes);
    return setup;
}

}  // namespace

template <std::size_t D>
device_hierarchy<D>::device_hierarchy(separable_problem<D> const& problem, bool in_single, device const& where) {
    auto const setup = setup_of(problem, in_single);
    n_levels_ = setup.grids.size();
    on_device_ = poise::detail::cuda_api_of(where).make_multigrid(where, setup);
}

template <std::size_t D>
device_hierarchy<D>::solve::solve(device_hierarchy const& owner, std::span<double const> b, std::span<double> x,
                                  double scale, double mean, std::size_t)
    : x_{x}, running_{begun_on_device(b, x, [&](std::span<double const> guess) {
          return owner.on_device_->begin(b, guess, scale, mean);
      })} {}

template <std::size_t D>
double device_hierarchy<D>::solve::begin_cycle(double expected) {
    return running_->begin_cycle(factor_of_residual(expected, x_.size()));
}

template <std::size_t D>
void device_hierarchy<D>::solve::end_cycle(separable_cycles how) {
    using poise::detail::device_cycle;
    running_->end_cycle(how == separable_cycles::one   ? device_cycle::v
                        : how == separable_cycles::two ? device_cycle::v_twice
                                                       : device_cycle::full);
}

template <std::size_t D>
void device_hierarchy<D>::solve::give_x() {
    get_from_device(*running_, x_);
}

template class device_hierarchy<1>;
template class device_hierarchy<2>;
template class device_hierarchy<3>;

}  // namespace poise::linear::detail
