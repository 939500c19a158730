// SPDX-License-Identifier: MIT
// Private to src/linear: all grids of a multigrid method, and its cycle.
#pragma once

#include "core/lending_pool.hpp"
#include "linear/multigrid/cycle.hpp"

#include <Eigen/Cholesky>

#include <memory>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// What is done between two moments at which all threads wait for each other.
enum class cycle_action {
    measure,  ///< the largest value of r, and its sum
    take_in,  ///< r, as b of the finest level
    descend,  ///< the first sweep, from x = 0, and the restriction
    descend_seams,
    descend_beside,
    sweep_from_zero,  ///< without the restriction
    settle,
    sweep_odd,  ///< half a further sweep
    sweep_even,
    restrict_residual,
    whole,  ///< this level and all coarser ones
    solve_coarsest,
    prolong,
    settle_back,
    sweep_even_back,
    sweep_odd_back,
    ascend,  ///< the prolongation, and the last sweep
    ascend_seams,
    ascend_beside,
    add_up,    ///< x of the finest level, where A is singular
    give_out,  ///< it, as z
};
/// Whether that is done where two strips meet, and not in each.
[[nodiscard]] constexpr bool is_at_seams(cycle_action what) {
    return what == cycle_action::descend_seams || what == cycle_action::descend_beside ||
           what == cycle_action::ascend_seams || what == cycle_action::ascend_beside;
}
struct cycle_step {
    cycle_action what;
    std::size_t depth;
};

/// What one cycle works in.
template <class T>
struct cycle_memory {
    std::vector<level_vectors<T>> vectors;
    std::vector<std::vector<slab_memory<T>>> of_threads;
    std::vector<double> largest, sums;  ///< of the slabs of r; sums: then of those of x, where A is singular
    std::vector<std::size_t> n_items;   ///< of the steps
    std::vector<double> coarsest;       ///< of the coarsest grid's points, in order

    [[nodiscard]] std::size_t bytes() const {
        std::size_t numbers = 0;
        for (auto const& [x, b] : vectors) numbers += x.size() + b.size();
        for (auto const& of_thread : of_threads)
            for (auto const& [slabs, row] : of_thread) numbers += slabs.size() + row.size();
        return numbers * sizeof(T) + (largest.size() + sums.size() + coarsest.size()) * sizeof(double) +
               n_items.size() * sizeof n_items[0];
    }
};

/// T: what cycles compute in. Immutable but for memory that it lends to calls.
template <std::size_t D, class T>
class hierarchy {
public:
    /// A: of one unknown at least; consumed. is_singular: the constants are in its nullspace.
    hierarchy(box_matrix<D> A, bool is_singular, int sweeps, std::size_t n_threads);

    /// z = one cycle for A z = r from 0, on at most so many threads.
    void cycle(std::span<double const> r, std::span<double> z, std::size_t n_threads) const;

    [[nodiscard]] std::size_t n_unknowns() const noexcept { return levels_.front().n_points(); }
    [[nodiscard]] std::size_t n_levels() const noexcept { return levels_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    class run;

    void factor_coarsest(box_matrix<D> const& A);
    void solve_coarsest(cycle_memory<T>& own) const;
    void add_steps(std::size_t depth, std::size_t n_shared, std::vector<cycle_step>& to) const;
    [[nodiscard]] std::unique_ptr<cycle_memory<T>> make_memory() const;

    int sweeps_;
    bool is_singular_;
    double scale_;  ///< of the matrices: single precision has few powers of ten
    std::vector<multigrid_level<D, T>> levels_;
    std::vector<cycle_step> steps_, steps_of_whole_;
    std::vector<std::size_t> coarsest_;
    Eigen::LLT<Eigen::MatrixXd> factor_;
    mutable poise::detail::lending_pool<cycle_memory<T>> pool_;
};

}  // namespace poise::linear::detail
