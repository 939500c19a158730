// SPDX-License-Identifier: MIT
#include "linear/multigrid/power_of_two.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"
#include "linear/separable/hierarchy.hpp"
#include "linear/separable/row_stencils.hpp"

#include <poise/core/reductions.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <cmath>

namespace poise::linear::detail {

template <std::size_t D, class T>
separable_hierarchy<D, T>::solve::solve(separable_hierarchy const& owner, std::span<double const> b,
                                        std::span<double> x, double scale, double mean, std::size_t n_threads)
    : owner_{owner},
      b_{b},
      x_{x},
      scale_{scale},
      mean_{mean},
      n_threads_{b.size() < least_points_for_threads ? 1 : n_threads},
      lease_{owner.pool_.take([&] { return owner.make_memory(); })},
      own_{*lease_} {
    auto const& levels = owner_.levels_;
    n_threads_ = std::min(n_threads_, n_strips(0));  // others would have nothing to do
    while (own_.of_threads.size() < n_threads_) {
        std::vector<separable_memory<T>> of_thread;
        for (std::size_t depth = 0; depth + 1 < levels.size(); ++depth)
            of_thread.push_back(separable_pass<D, T>::make_memory(levels[depth], levels[depth + 1]));
        own_.rows.emplace_back(static_cast<std::size_t>(levels.front().n[0]));
        own_.rows_in_order.emplace_back(static_cast<std::size_t>(levels.front().row_stride));
        own_.of_threads.push_back(std::move(of_thread));
    }
}

template <std::size_t D, class T>
separable_pass<D, T> separable_hierarchy<D, T>::solve::pass_of(std::size_t depth, std::size_t thread) {
    return {owner_.levels_[depth],   owner_.levels_[depth + 1],      own_.vectors[depth],
            own_.vectors[depth + 1], own_.of_threads[thread][depth], owner_.sweeps_};
}

template <std::size_t D, class T>
std::size_t separable_hierarchy<D, T>::solve::n_strips(std::size_t depth) const {
    if (n_threads_ == 1) return 1;
    auto const shortest = separable_pass<D, T>::shortest_strip(owner_.sweeps_);
    auto const fit = static_cast<std::size_t>(owner_.levels_[depth].n_slabs / shortest);
    return std::clamp<std::size_t>(fit, 1, 2 * n_threads_);
}

template <std::size_t D, class T>
slab_strip separable_hierarchy<D, T>::solve::strip_of(std::size_t depth, std::size_t item, std::size_t n) const {
    auto const n_slabs = owner_.levels_[depth].n_slabs;
    auto const first = [&](std::size_t i) {
        return static_cast<std::ptrdiff_t>(i) * n_slabs / static_cast<std::ptrdiff_t>(n);
    };
    return {first(item), first(item + 1)};
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::run(std::span<separable_step const> steps) {
    using enum separable_action;
    own_.n_items.clear();
    for (auto const& step : steps) {
        bool const is_one = step.what == visit || step.what == solve_coarsest;
        bool const at_seams =
            step.what == descend_at_seams || step.what == ascend_at_seams || step.what == turn_at_seams;
        own_.n_items.push_back(is_one ? 1 : n_strips(step.depth) - (at_seams ? 1 : 0));
    }
    task::parallel_phases(own_.n_items, n_threads_, [&](std::size_t now, std::size_t item, std::size_t thread) {
        do_item(steps[now], item, own_.n_items[now], thread);
    });
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::do_item(separable_step const& step, std::size_t item, std::size_t n,
                                               std::size_t thread) {
    bool const takes_in = step.depth == 0;
    auto const before = [this, thread](std::ptrdiff_t slab) { take_in(slab, thread); };
    auto const after = [this, thread](std::ptrdiff_t slab) { give_out(slab, thread); };
    auto const slabs = [&] { return strip_of(step.depth, item, n); };
    auto const seam = [&] { return strip_of(step.depth, item + 1, n + 1).first; };
    switch (step.what) {
        case separable_action::descend:
            return pass_of(step.depth, thread).descend(slabs(), true, takes_in ? slab_action{before} : slab_action{});
        case separable_action::descend_at_seams:
            return pass_of(step.depth, thread).descend_at(seam(), !step.again);
        case separable_action::ascend:
            return pass_of(step.depth, thread).ascend(slabs(), step.gives_out ? slab_action{after} : slab_action{});
        case separable_action::ascend_at_seams:
            return pass_of(step.depth, thread).ascend_at(seam(), step.gives_out ? slab_action{after} : slab_action{});
        case separable_action::turn:
            return pass_of(step.depth, thread).turn(slabs());
        case separable_action::turn_at_seams:
            return pass_of(step.depth, thread).turn_at(seam());
        case separable_action::visit:
            return visit(step, thread);
        case separable_action::solve_coarsest:
            return solve_coarsest();
    }
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::visit(separable_step const& step, std::size_t thread) {
    if (step.what == separable_action::solve_coarsest) return solve_coarsest();
    auto pass = pass_of(step.depth, thread);
    slab_strip const all{0, owner_.levels_[step.depth].n_slabs};
    pass.descend(all, !step.again, {});
    auto const [first, second] = owner_.visits_below(step);
    visit(first, thread);
    if (second) visit(*second, thread);
    pass.ascend(all, {});
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::for_slabs(void (solve::*act)(std::ptrdiff_t, std::size_t)) {
    std::size_t const n_strips_of_finest = n_strips(0);
    own_.n_items.assign(1, n_strips_of_finest);
    task::parallel_phases(own_.n_items, n_threads_, [&](std::size_t, std::size_t item, std::size_t thread) {
        auto const slabs = strip_of(0, item, n_strips_of_finest);
        for (std::ptrdiff_t slab = slabs.first; slab < slabs.last; ++slab) (this->*act)(slab, thread);
    });
}

// Calls use(row, n, residuals of the row's points, its share but for x) for the rows of a slab, whose squares it keeps.
template <std::size_t D, class T>
template <class Use>
void separable_hierarchy<D, T>::solve::with_residuals(std::ptrdiff_t slab, std::size_t thread, Use const& use) {
    auto const& level = owner_.levels_.front();
    auto const& axes = owner_.rows_;
    std::ptrdiff_t const n = level.n[0];
    double* const r = own_.rows[thread].data();
    double squares = 0.0;
    for (std::ptrdiff_t row = 0; row < level.n_rows; ++row) {
        double const* const x = x_.data() + (slab * level.n_rows + row) * n;
        row_stencil<2 * static_cast<int>(D - 1)> A{
            axes[0].below.data(), axes[0].above.data(), axes[0].excess.data(), axes[0].share.data(), 0.0, 1.0, {}, {}};
        for (std::size_t d = 1; d < D; ++d) {
            std::ptrdiff_t const place = d == D - 1 ? slab : row, stride = d == D - 1 ? level.n_rows * n : n;
            auto const at = static_cast<std::size_t>(place);
            std::size_t const k = 2 * (d - 1);
            A.excess_across += axes[d].excess[at];
            A.share_across *= axes[d].share[at];
            A.across[k] = axes[d].below[at];
            A.across[k + 1] = axes[d].above[at];
            A.rows[k] = place > 0 ? x - stride : x;
            A.rows[k + 1] = place + 1 < level.n[d] ? x + stride : x;
        }
        squares += residual(A, b_.data() + (x - x_.data()), scale_, mean_, x, r, n);
        use(row, n, r, A.share_across);
    }
    own_.squares[static_cast<std::size_t>(slab)] = squares;
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::measure(std::ptrdiff_t slab, std::size_t thread) {
    with_residuals(slab, thread, [](std::ptrdiff_t, std::ptrdiff_t, double const*, double) {});
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::take_in(std::ptrdiff_t slab, std::size_t thread) {
    auto const& level = owner_.levels_.front();
    T* const in_order = own_.rows_in_order[thread].data();
    with_residuals(slab, thread, [&](std::ptrdiff_t row, std::ptrdiff_t n, double const* r, double share) {
        detail::take_in(of_residual_ / share, owner_.rows_[0].inverse_share.data(), r, in_order, n);
        T* const even = own_.vectors.front().b.data() + level.row(slab, row);
        split(in_order, even, even + level.half, level.lanes);
    });
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::give_out(std::ptrdiff_t slab, std::size_t thread) {
    auto const& level = owner_.levels_.front();
    double const scale = owner_.scale_ / scale_ / of_residual_;
    std::ptrdiff_t const n = level.n[0];
    large_vector<T>& in_order = own_.rows_in_order[thread];
    for (std::ptrdiff_t row = 0; row < level.n_rows; ++row) {
        T const* const even = own_.vectors.front().x.data() + level.row(slab, row);
        join(even, even + level.half, in_order.data(), level.lanes);
        detail::give_out(scale, in_order.data(), x_.data() + (slab * level.n_rows + row) * n, n);
    }
}

template <std::size_t D, class T>
double separable_hierarchy<D, T>::solve::norm_of_squares() const {
    return std::sqrt(sum(own_.squares));
}

template <std::size_t D, class T>
double separable_hierarchy<D, T>::solve::residual_norm() {
    for_slabs(&solve::measure);
    return norm_of_squares();
}

template <std::size_t D, class T>
double separable_hierarchy<D, T>::solve::begin_cycle(double expected) {
    of_residual_ = factor_of_residual(expected, b_.size());
    if (owner_.levels_.size() == 1)
        for_slabs(&solve::take_in);
    else
        run(std::span{owner_.steps_[0]}.first(2));
    return norm_of_squares();
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::end_cycle(separable_cycles how) {
    if (owner_.levels_.size() > 1) return run(std::span{owner_.steps_[static_cast<std::size_t>(how)]}.subspan(2));
    solve_coarsest();
    for_slabs(&solve::give_out);
}

template <std::size_t D, class T>
double separable_hierarchy<D, T>::solve::norm_of_x() const {
    return norm2(x_);
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::set_mean(double mean) {
    auto const& shares = owner_.problem_.axes;
    std::size_t const nx = shares[0].mass.size();
    std::size_t const ny = D > 1 ? shares[D > 1 ? 1 : 0].mass.size() : 1;
    double weighted = 0.0;
    for (std::size_t row = 0; row < x_.size() / nx; ++row) {
        double share = 1.0;
        if constexpr (D > 1) share *= shares[1].mass[row % ny];
        if constexpr (D > 2) share *= shares[2].mass[row / ny];
        weighted += share * dot(shares[0].mass, x_.subspan(row * nx, nx));
    }
    double const step = mean - weighted / owner_.problem_.total_share();
    for (double& value : x_) value += step;
}

template <std::size_t D, class T>
void separable_hierarchy<D, T>::solve::solve_coarsest() {
    auto& [x, b] = own_.vectors.back();
    auto const& places = owner_.coarsest_;
    for (std::size_t i = 0; i < places.size(); ++i)
        own_.coarsest[i] = owner_.coarsest_shares_[i] * static_cast<double>(b[places[i]]);
    Eigen::Map<Eigen::VectorXd> in_place{own_.coarsest.data(), static_cast<Eigen::Index>(places.size())};
    owner_.factor_.solveInPlace(in_place);
    for (std::size_t i = 0; i < places.size(); ++i) x[places[i]] = static_cast<T>(own_.coarsest[i]);
}

#define POISE_INSTANTIATE(D)                             \
    template class separable_hierarchy<D, float>::solve; \
    template class separable_hierarchy<D, double>::solve;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
