// SPDX-License-Identifier: MIT
#include "linear/multigrid/hierarchy.hpp"

#include "linear/multigrid/coarsen.hpp"
#include "linear/multigrid/islands.hpp"
#include "linear/multigrid/power_of_two.hpp"
#include "linear/multigrid/row_places.hpp"

#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <algorithm>
#include <limits>

namespace poise::linear::detail {
namespace {

// At this size a dense factorisation costs no more than the cycles on still coarser grids.
constexpr std::size_t most_unknowns_of_coarsest = 100;

// From this level on, where the grids are small, each visits the next coarser one twice: a cycle costs little more, and
// the corners at which blocks of different coefficients meet no longer cost iterations.
constexpr std::size_t first_with_two_visits = 2;

}  // namespace

template <std::size_t D, class T>
hierarchy<D, T>::hierarchy(box_matrix<D> A, bool is_singular, int sweeps, std::size_t n_threads)
    : sweeps_{sweeps}, is_singular_{is_singular}, scale_{power_of_two_below_inverse(norm_max(A.diagonal()))} {
    for (;;) {
        levels_.emplace_back(A, scale_);
        // Exactly so: in a rounded row sum the constant of x, which nothing bounds, would be felt.
        if (is_singular_) std::ranges::fill(levels_.back().excess, T(0));
        auto const to = A.n_points() > most_unknowns_of_coarsest ? choose_coarsening(A) : std::nullopt;
        if (!to) break;
        auto const P = interpolation(A, *to, is_singular_, n_threads);
        levels_.back().set_transfer(P, find_islands(A, level_geometry<D>{to->n}, P), scale_);
        A = galerkin_product(A, *to, P, n_threads);
    }
    factor_coarsest(A);
    std::size_t n_shared = 0;
    while (n_shared + 1 < levels_.size() && levels_[n_shared].n_points() >= least_points_for_threads) ++n_shared;
    steps_ = {{cycle_action::measure, 0}, {cycle_action::take_in, 0}};
    add_steps(0, n_shared, steps_);
    if (is_singular_) steps_.push_back({cycle_action::add_up, 0});
    steps_.push_back({cycle_action::give_out, 0});
    add_steps(n_shared, levels_.size() - 1, steps_of_whole_);
    std::erase_if(steps_of_whole_, [](cycle_step const& step) { return is_at_seams(step.what); });
}

// What a cycle does on the levels from depth to the last shared one; on those beyond is one step.
template <std::size_t D, class T>
void hierarchy<D, T>::add_steps(std::size_t depth, std::size_t n_shared, std::vector<cycle_step>& to) const {
    using enum cycle_action;
    if (depth >= n_shared) return to.push_back({depth + 1 == levels_.size() ? solve_coarsest : whole, depth});
    auto const& level = levels_[depth];
    auto const do_all = [&](std::initializer_list<cycle_action> actions) {
        for (auto const what : actions) to.push_back({what, depth});
    };
    bool const is_fused = sweeps_ == 1 && level.islands.empty();
    if (is_fused) {
        do_all({descend, descend_seams, descend_beside});
    } else {
        do_all({sweep_from_zero, descend_seams, settle});
        for (int sweep = 1; sweep < sweeps_; ++sweep) do_all({sweep_odd, sweep_even, settle});
        do_all({restrict_residual});
    }
    add_steps(depth + 1, n_shared, to);
    // Not where one direction alone is halved: there the visits would cost more at every level.
    if (depth >= first_with_two_visits && 3 * levels_[depth + 1].n_points() <= level.n_points()) {
        do_all({prolong, restrict_residual});
        add_steps(depth + 1, n_shared, to);
    }
    if (is_fused) return do_all({ascend, ascend_seams, ascend_beside});
    do_all({prolong});
    for (int sweep = 0; sweep < sweeps_; ++sweep) do_all({settle_back, sweep_even_back, sweep_odd_back});
}

template <std::size_t D, class T>
std::unique_ptr<cycle_memory<T>> hierarchy<D, T>::make_memory() const {
    auto made = std::make_unique<cycle_memory<T>>();
    for (auto const& level : levels_)
        made->vectors.push_back({large_vector<T>(level.size), large_vector<T>(level.size)});
    made->coarsest.resize(coarsest_.size());
    return made;
}

// Numbers of the coarsest grid's points, in order.
template <std::size_t D, class T>
void hierarchy<D, T>::factor_coarsest(box_matrix<D> const& A) {
    using steps = neighbour_step<D>;
    std::vector<Eigen::Index> number(A.size, -1);
    grid::detail::for_each_index(A.n, [&](grid::extents<D> const& point) {
        coarsest_.push_back(static_cast<std::size_t>(A.place(point)));
        number[coarsest_.back()] = static_cast<Eigen::Index>(coarsest_.size()) - 1;
    });
    auto const n = static_cast<Eigen::Index>(coarsest_.size());
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
    Eigen::Index row = 0;
    grid::detail::for_each_index(A.n, [&](grid::extents<D> const& point) {
        auto const i = A.place(point);
        auto const parity = static_cast<std::size_t>(point[0] % 2);
        dense(row, row) = scale_ * A.diagonal()[static_cast<std::size_t>(i)];
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle || !A.is_coupled(s)) continue;
            double const c = A.values()[A.entry_offset(parity, s) + i];
            if (c != 0.0) dense(row, number[static_cast<std::size_t>(i + A.offset[parity][s])]) = -scale_ * c;
        }
        ++row;
    });
    // What rounding may have taken of what is positive.
    dense.diagonal() *= 1.0 + static_cast<double>(n) * std::numeric_limits<double>::epsilon();
    // With the constants in its nullspace: they are given an eigenvalue.
    if (is_singular_) dense.array() += dense.diagonal().maxCoeff() / static_cast<double>(n);
    factor_.compute(dense);
    if (factor_.info() != Eigen::Success || !(factor_.matrixLLT().diagonal().array() > 0.0).all())
        throw error{"multigrid: the matrix on the coarsest grid is not positive definite; so A is not, or hardly"};
}

template <std::size_t D, class T>
std::size_t hierarchy<D, T>::bytes() const noexcept {
    auto const n = static_cast<std::size_t>(factor_.matrixLLT().size());
    std::size_t total = n * sizeof(double) + coarsest_.size() * sizeof coarsest_[0];
    for (auto const& level : levels_) total += level.bytes();
    std::size_t of_cycles = 0;
    pool_.for_each_idle([&](cycle_memory<T> const& lent) { of_cycles += lent.bytes(); });
    if (of_cycles > 0) return total + of_cycles;
    for (auto const& level : levels_) total += 2 * level.size * sizeof(T);
    return total;
}

#define POISE_INSTANTIATE(D)            \
    template class hierarchy<D, float>; \
    template class hierarchy<D, double>;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
