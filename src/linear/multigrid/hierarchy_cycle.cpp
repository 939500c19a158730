// SPDX-License-Identifier: MIT
#include "linear/multigrid/hierarchy.hpp"
#include "linear/multigrid/islands.hpp"
#include "linear/multigrid/power_of_two.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"

#include <poise/core/reductions.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <cmath>

namespace poise::linear::detail {
namespace {

// Strips of fewer slabs would be seams for the most part.
constexpr std::size_t least_slabs_of_strip = 16;

}  // namespace

// One cycle.
template <std::size_t D, class T>
class hierarchy<D, T>::run {
public:
    run(hierarchy const& owner, std::span<double const> r, std::span<double> z, std::size_t n_threads,
        cycle_memory<T>& own)
        : owner_{owner}, r_{r}, z_{z}, n_threads_{n_threads}, own_{own} {}

    void all() {
        auto const n_slabs = static_cast<std::size_t>(owner_.levels_.front().n_slabs);
        own_.largest.assign(n_slabs, 0.0);
        own_.sums.assign(n_slabs, 0.0);
        own_.n_items.clear();
        for (auto const& step : owner_.steps_) own_.n_items.push_back(n_items(step));
        task::parallel_phases(own_.n_items, n_threads_, [&](std::size_t now, std::size_t item, std::size_t thread) {
            do_item(owner_.steps_[now], item, own_.n_items[now], thread);
        });
    }

private:
    using action = cycle_action;

    [[nodiscard]] std::size_t n_strips(std::size_t depth) const {
        auto const n_slabs = static_cast<std::size_t>(owner_.levels_[depth].n_slabs);
        if (n_threads_ == 1) return 1;
        return std::clamp<std::size_t>(n_slabs / least_slabs_of_strip, 1, 2 * n_threads_);
    }
    [[nodiscard]] std::size_t n_items(cycle_step const& step) const {
        switch (step.what) {
            case action::settle:
            case action::settle_back:
            case action::whole:
            case action::solve_coarsest:
                return 1;
            default:
                return n_strips(step.depth) - (is_at_seams(step.what) ? 1 : 0);
        }
    }
    [[nodiscard]] strip strip_of(std::size_t depth, std::size_t item, std::size_t n) const {
        auto const n_slabs = owner_.levels_[depth].n_slabs;
        auto const first = [&](std::size_t i) {
            return static_cast<std::ptrdiff_t>(i) * (n_slabs / 2) / static_cast<std::ptrdiff_t>(n) * 2;
        };
        return {first(item), item + 1 == n ? n_slabs : first(item + 1)};
    }

    void do_item(cycle_step const& step, std::size_t item, std::size_t n, std::size_t thread) {
        switch (step.what) {
            case action::measure:
                return measure(strip_of(0, item, n));
            case action::take_in:
                return take_in(strip_of(0, item, n));
            case action::add_up:
                return add_up(strip_of(0, item, n));
            case action::give_out:
                return give_out(strip_of(0, item, n));
            case action::settle:
            case action::settle_back:
                return settle_islands(owner_.levels_[step.depth], own_.vectors[step.depth].b.data(),
                                      own_.vectors[step.depth].x.data(), step.what == action::settle_back);
            case action::whole:
                for (cycle_step const& part : owner_.steps_of_whole_) do_item(part, 0, 1, thread);
                return;
            case action::solve_coarsest:
                return owner_.solve_coarsest(own_);
            default:
                return pass(step, item, n, thread);
        }
    }

    void pass(cycle_step const& step, std::size_t item, std::size_t n, std::size_t thread) {
        std::size_t const depth = step.depth;
        level_pass<D, T> now{owner_.levels_[depth], owner_.levels_[depth + 1], own_.vectors[depth],
                             own_.vectors[depth + 1], own_.of_threads[thread][depth]};
        auto const slabs = [&] { return strip_of(depth, item, n); };
        auto const seam = [&] { return strip_of(depth, item + 1, n + 1).first; };
        switch (step.what) {
            case action::descend:
                return now.sweep_from_zero(slabs(), true);
            case action::descend_seams:
                return now.sweep_seam_from_zero(seam());
            case action::descend_beside:
                return now.restrict_beside(seam());
            case action::sweep_from_zero:
                return now.sweep_from_zero(slabs(), false);
            case action::sweep_odd:
                return now.sweep(slabs(), 1, false);
            case action::sweep_even:
                return now.sweep(slabs(), 0, false);
            case action::restrict_residual:
                return now.restrict_residual(slabs());
            case action::prolong:
                return now.prolong(slabs());
            case action::sweep_even_back:
                return now.sweep(slabs(), 0, true);
            case action::sweep_odd_back:
                return now.sweep(slabs(), 1, true);
            case action::ascend:
                return now.prolong_and_sweep(slabs());
            case action::ascend_seams:
                return now.sweep_seam(seam());
            case action::ascend_beside:
                return now.sweep_beside(seam());
            default:
                return;
        }
    }

    void measure(strip const& slabs) {
        std::size_t const per_slab = r_.size() / own_.sums.size();
        for (auto slab = static_cast<std::size_t>(slabs.first); slab < static_cast<std::size_t>(slabs.last); ++slab) {
            auto const part = r_.subspan(slab * per_slab, per_slab);
            own_.largest[slab] = norm_max(part);
            if (owner_.is_singular_) own_.sums[slab] = sum(part);
        }
    }
    [[nodiscard]] double mean() const { return sum(own_.sums) / static_cast<double>(r_.size()); }

    // What r is multiplied by, so that it neither over- nor underflows in single precision.
    [[nodiscard]] double scale_of_r() const {
        double const largest = *std::ranges::max_element(own_.largest);
        return largest > 0.0 && std::isfinite(largest) ? power_of_two_below_inverse(largest) : 1.0;
    }

    // Calls visit(number of its first point, its place in the arrays) for each row of the strip.
    template <class Visitor>
    void for_each_row(strip const& slabs, Visitor const& visit) const {
        auto const& level = owner_.levels_.front();
        std::ptrdiff_t number = slabs.first * level.n_rows * level.n[0];
        for (std::ptrdiff_t slab = slabs.first; slab < slabs.last; ++slab)
            for (std::ptrdiff_t row = 0; row < level.n_rows; ++row, number += level.n[0])
                visit(number, level.row(slab, row));
    }
    // Where A is singular, what no z leads to is left out of r, and what leads to nothing out of z.
    void take_in(strip const& slabs) {
        auto const& level = owner_.levels_.front();
        T* const b = own_.vectors.front().b.data();
        double const shift = mean(), scale = scale_of_r();
        for_each_row(slabs, [&](std::ptrdiff_t number, std::ptrdiff_t row) {
            split_scaled(r_.data() + number, shift, scale, b + row, b + row + level.half, level.n[0]);
        });
    }
    void add_up(strip const& slabs) {
        auto const& level = owner_.levels_.front();
        T const* const x = own_.vectors.front().x.data();
        for (std::ptrdiff_t slab = slabs.first; slab < slabs.last; ++slab) {
            double total = 0.0;
            for (std::ptrdiff_t row = 0; row < level.n_rows; ++row)
                total += sum_of(x + level.row(slab, row), level.row_stride);
            own_.sums[static_cast<std::size_t>(slab)] = total;
        }
    }
    void give_out(strip const& slabs) {
        auto const& level = owner_.levels_.front();
        T const* const x = own_.vectors.front().x.data();
        double const shift = mean(), scale = owner_.scale_ / scale_of_r();
        for_each_row(slabs, [&](std::ptrdiff_t number, std::ptrdiff_t row) {
            join_scaled(x + row, x + row + level.half, shift, scale, z_.data() + number, level.n[0]);
        });
    }

    hierarchy const& owner_;
    std::span<double const> r_;
    std::span<double> z_;
    std::size_t n_threads_;
    cycle_memory<T>& own_;
};

template <std::size_t D, class T>
void hierarchy<D, T>::cycle(std::span<double const> r, std::span<double> z, std::size_t n_threads) const {
    if (levels_.front().n_points() < least_points_for_threads) n_threads = 1;
    auto const leased = pool_.take([this] { return make_memory(); });
    cycle_memory<T>& own = *leased;
    while (own.of_threads.size() < n_threads) {
        std::vector<slab_memory<T>> of_thread;
        for (auto const& level : levels_) of_thread.push_back(level_pass<D, T>::make_memory(level));
        own.of_threads.push_back(std::move(of_thread));
    }
    run{*this, r, z, n_threads, own}.all();
}

template <std::size_t D, class T>
void hierarchy<D, T>::solve_coarsest(cycle_memory<T>& own) const {
    auto& [x, b] = own.vectors.back();
    for (std::size_t i = 0; i < coarsest_.size(); ++i) own.coarsest[i] = static_cast<double>(b[coarsest_[i]]);
    Eigen::Map<Eigen::VectorXd> in_place{own.coarsest.data(), static_cast<Eigen::Index>(coarsest_.size())};
    factor_.solveInPlace(in_place);
    for (std::size_t i = 0; i < coarsest_.size(); ++i) x[coarsest_[i]] = static_cast<T>(own.coarsest[i]);
}

#define POISE_INSTANTIATE(D)                                                                                 \
    template void hierarchy<D, float>::cycle(std::span<double const>, std::span<double>, std::size_t) const; \
    template void hierarchy<D, double>::cycle(std::span<double const>, std::span<double>, std::size_t) const;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
