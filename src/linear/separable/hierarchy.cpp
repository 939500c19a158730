// SPDX-License-Identifier: MIT
#include "linear/separable/hierarchy.hpp"

#include "grid/indices.hpp"
#include "linear/multigrid/row_places.hpp"

#include <algorithm>

namespace poise::linear::detail {

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
      sweeps_{options.smoothing_sweeps > 0 ? options.smoothing_sweeps : 2},
      scale_{problem_.scale()} {
    set_rows();
    auto axes = problem_.scaled_axes();
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
    grid::detail::for_each_index(level.n, [&](grid::extents<D> const& point) {
        coarsest_.push_back(static_cast<std::size_t>(level.place(point)));
    });
    coarsest_shares_ = shares_of(axes);
    factor_.compute(matrix_of(problem_, axes));
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
    template class separable_hierarchy<D, float>; \
    template class separable_hierarchy<D, double>;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
