// SPDX-License-Identifier: MIT
#include "linear/separable/hierarchy.hpp"

#include "grid/indices.hpp"
#include "linear/multigrid/power_of_two.hpp"
#include "linear/multigrid/row_places.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace poise::linear::detail {
namespace {

// At this size a dense factorisation costs no more than the cycles on still coarser grids.
constexpr std::size_t most_unknowns_of_coarsest = 30;

template <std::size_t D>
double largest_diagonal(std::array<axis_operator, D> const& axes, double shift) {
    double sum = shift;
    for (auto const& axis : axes) {
        double largest = 0.0;
        for (std::ptrdiff_t i = 0; i < axis.n(); ++i) {
            auto const at = static_cast<std::size_t>(i);
            largest =
                std::max(largest, (axis.coupling_below(i) + axis.coupling_above(i) + axis.excess[at]) / axis.mass[at]);
        }
        sum += largest;
    }
    return sum;
}

}  // namespace

template <std::size_t D>
std::size_t separable_problem<D>::n_unknowns() const {
    std::size_t product = 1;
    for (auto const& axis : axes) product *= static_cast<std::size_t>(axis.n());
    return product;
}
template <std::size_t D>
double separable_problem<D>::norm_infinity() const {
    return 2.0 * largest_diagonal(axes, shift);
}
template <std::size_t D>
bool separable_problem<D>::has_wall() const {
    return std::ranges::any_of(
        axes, [](axis_operator const& axis) { return axis.excess.front() > 0.0 || axis.excess.back() > 0.0; });
}
template <std::size_t D>
double separable_problem<D>::total_share() const {
    double product = 1.0;
    for (auto const& axis : axes) {
        double sum = 0.0;
        for (double const mass : axis.mass) sum += mass;
        product *= sum;
    }
    return product;
}

// Of a direction of n cells with coupling c and mass 1, c (π/n)² between two walls and a quarter of that beside one;
// without a wall, that is the smallest eigenvalue but 0. Where cells differ, c is of their resistances in series.
template <std::size_t D>
double separable_problem<D>::condition() const {
    double smallest = shift, smallest_alone = std::numeric_limits<double>::infinity();
    for (auto const& axis : axes) {
        if (axis.n() < 2 && axis.excess.front() == 0.0) continue;
        double const n = static_cast<double>(axis.n()) + 1.0;
        double const of_walls = axis.strength_in_series() * std::pow(std::numbers::pi / n, 2);
        bool const below = axis.excess.front() > 0.0, above = axis.excess.back() > 0.0;
        if (below || above)
            smallest += below && above ? std::max(of_walls, axis.n() < 2 ? axis.excess.front() : 0.0) : 0.25 * of_walls;
        else
            smallest_alone = std::min(smallest_alone, of_walls);
    }
    double const least = smallest > 0.0 ? smallest : smallest_alone;
    return norm_infinity() / least;
}

template <class T>
std::size_t separable_solve_memory<T>::bytes() const {
    std::size_t numbers = 0, doubles = squares.size() + coarsest.size();
    for (auto const& [x, b] : vectors) numbers += x.size() + b.size();
    for (auto const& of_thread : of_threads)
        for (auto const& [own_rows, slabs] : of_thread) numbers += own_rows.size() + slabs.size();
    for (auto const& row : rows) doubles += row.size();
    for (auto const& row : rows_in_order) numbers += row.size();
    return numbers * sizeof(T) + doubles * sizeof(double) + n_items.size() * sizeof n_items[0];
}

template <std::size_t D, class T>
separable_hierarchy<D, T>::separable_hierarchy(separable_problem<D> problem, laplacian_multigrid_options const& options)
    : problem_{std::move(problem)},
      options_{options},
      scale_{power_of_two_below_inverse(largest_diagonal(problem_.axes, problem_.shift))} {
    set_rows();
    auto axes = problem_.axes;
    for (auto& axis : axes) {
        for (double& value : axis.coupling) value *= scale_;
        for (double& value : axis.excess) value *= scale_;
    }
    for (;;) {
        levels_.emplace_back(axes, scale_ * problem_.shift);
        if (levels_.back().n_points() <= most_unknowns_of_coarsest || !coarsen(axes, levels_.back())) break;
    }
    factor_coarsest(axes);
    while (n_shared_ + 1 < levels_.size() && levels_[n_shared_].n_points() >= least_points_for_threads) ++n_shared_;
    auto const steps_of = [this](separable_cycles how) -> auto& { return steps_[static_cast<std::size_t>(how)]; };
    add_visit({separable_action::visit, 0, options.cycle, false, true}, steps_of(separable_cycles::one));
    add_visit({separable_action::visit, 0, options.cycle, false, false}, steps_of(separable_cycles::two));
    add_visit({separable_action::visit, 0, options.cycle, true, true}, steps_of(separable_cycles::two));
    // From far away an F-cycle gains what two V-cycles do.
    auto const first = options.cycle == multigrid_cycle::v ? multigrid_cycle::f : options.cycle;
    add_visit({separable_action::visit, 0, first, false, true}, steps_of(separable_cycles::first));
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::set_rows() {
    for (std::size_t d = 0; d < D; ++d) {
        auto const& axis = problem_.axes[d];
        rows_[d].share = axis.mass;
        for (std::ptrdiff_t i = 0; i < axis.n(); ++i) {
            auto const at = static_cast<std::size_t>(i);
            double const below = axis.coupling_below(i), above = axis.coupling_above(i);
            rows_[d].below.push_back(below / axis.mass[at]);
            rows_[d].above.push_back(above / axis.mass[at]);
            rows_[d].excess.push_back(axis.excess[at] / axis.mass[at] + (d == 0 ? problem_.shift : 0.0));
            rows_[d].inverse_share.push_back(1.0 / axis.mass[at]);
        }
    }
}

template <std::size_t D, class T>
std::pair<separable_step, std::optional<separable_step>> separable_hierarchy<D, T>::visits_below(
    separable_step const& visit) const {
    std::size_t const depth = visit.depth + 1;
    bool const is_coarsest = depth + 1 == levels_.size();
    separable_step const first{is_coarsest ? separable_action::solve_coarsest : separable_action::visit, depth,
                               visit.cycle, false, false};
    if (is_coarsest || visit.cycle == multigrid_cycle::v) return {first, std::nullopt};
    auto const second = visit.cycle == multigrid_cycle::f ? multigrid_cycle::v : visit.cycle;
    return {first, separable_step{separable_action::visit, depth, second, true, false}};
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::add_visit(separable_step const& visit, std::vector<separable_step>& to) const {
    if (visit.what == separable_action::solve_coarsest || visit.depth >= n_shared_) return to.push_back(visit);
    auto const add = [&](separable_action what) {
        to.push_back({what, visit.depth, visit.cycle, visit.again, visit.gives_out});
    };
    if (visit.again) {  // two steps of ascent were the last
        to.resize(to.size() - 2);
        add(separable_action::turn);
        add(separable_action::turn_at_seams);
    } else {
        add(separable_action::descend);
        add(separable_action::descend_at_seams);
    }
    auto const [first, second] = visits_below(visit);
    add_visit(first, to);
    if (second) add_visit(*second, to);
    add(separable_action::ascend);
    add(separable_action::ascend_at_seams);
}

template <std::size_t D, class T>
std::unique_ptr<separable_solve_memory<T>> separable_hierarchy<D, T>::make_memory() const {
    auto made = std::make_unique<separable_solve_memory<T>>();
    for (auto const& level : levels_)
        made->vectors.push_back({large_vector<T>(level.size), large_vector<T>(level.size)});
    made->squares.resize(static_cast<std::size_t>(levels_.front().n_slabs));
    made->coarsest.resize(coarsest_.size());
    for (auto const& steps : steps_) made->n_items.reserve(steps.size());
    return made;
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::factor_coarsest(std::array<axis_operator, D> const& axes) {
    auto const& level = levels_.back();
    std::vector<grid::extents<D>> points;
    grid::detail::for_each_index(level.n, [&](grid::extents<D> const& point) {
        points.push_back(point);
        coarsest_.push_back(static_cast<std::size_t>(level.place(point)));
        double share = 1.0;
        for (std::size_t d = 0; d < D; ++d) share *= axes[d].mass[static_cast<std::size_t>(point[d])];
        coarsest_shares_.push_back(share);
    });
    auto const n = static_cast<Eigen::Index>(points.size());
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
    Eigen::Map<Eigen::VectorXd const> const shares{coarsest_shares_.data(), n};
    std::array<Eigen::Index, D> stride;
    stride[0] = 1;
    for (std::size_t d = 1; d < D; ++d) stride[d] = stride[d - 1] * level.n[d - 1];
    for (Eigen::Index i = 0; i < n; ++i) {
        auto const& point = points[static_cast<std::size_t>(i)];
        dense(i, i) += scale_ * problem_.shift * shares[i];
        for (std::size_t d = 0; d < D; ++d) {
            auto const at = static_cast<std::size_t>(point[d]);
            double const across = shares[i] / axes[d].mass[at], above = axes[d].coupling_above(point[d]);
            dense(i, i) += across * (axes[d].coupling_below(point[d]) + above + axes[d].excess[at]);
            if (above == 0.0) continue;
            dense(i, i + stride[d]) -= across * above;
            dense(i + stride[d], i) -= across * above;
        }
    }
    // The constants are given an eigenvalue, and a right-hand side whose sum is 0 is solved as before.
    if (problem_.is_almost_singular())
        dense += (dense.diagonal().maxCoeff() / shares.squaredNorm() + 1.0 / shares.squaredNorm()) * shares *
                 shares.transpose();
    factor_.compute(dense);
}

template <std::size_t D, class T>
std::size_t separable_hierarchy<D, T>::bytes() const noexcept {
    std::size_t total = static_cast<std::size_t>(factor_.matrixLLT().size()) * sizeof(double) +
                        coarsest_.size() * (sizeof coarsest_[0] + sizeof(double));
    for (auto const& level : levels_) total += level.bytes();
    std::size_t of_solves = 0;
    pool_.for_each_idle([&](separable_solve_memory<T> const& lent) { of_solves += lent.bytes(); });
    if (of_solves > 0) return total + of_solves;
    for (auto const& level : levels_) total += 2 * level.size * sizeof(T);
    return total;
}

#define POISE_INSTANTIATE(D)                      \
    template struct separable_problem<D>;         \
    template class separable_hierarchy<D, float>; \
    template class separable_hierarchy<D, double>;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
