// SPDX-License-Identifier: MIT
// Private to src/linear: all grids of a multigrid solver for an operator that is a sum over directions.
#pragma once

#include "core/lending_pool.hpp"
#include "linear/separable/pass.hpp"
#include "linear/separable/problem.hpp"

#include <poise/linear/laplacian_multigrid.hpp>

#include <Eigen/Cholesky>

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// Between two of these all threads wait for each other.
enum class separable_action {
    descend,
    descend_at_seams,
    ascend,
    ascend_at_seams,
    turn,  ///< ascend, and descend again
    turn_at_seams,
    visit,  ///< of this level, and by it of the coarser ones: a cycle, on one thread
    solve_coarsest,
};
struct separable_step {
    separable_action what;
    std::size_t depth;
    multigrid_cycle cycle;
    bool again;      ///< from what x is, not from 0
    bool gives_out;  ///< of the finest grid: what comes of it goes to the caller's x
};

/// What is done by one residual.
enum class separable_cycles {
    one,    ///< of the kind asked for
    two,    ///< of these
    first,  ///< from a guess that may be far away: full multigrid
};
inline constexpr std::size_t n_kinds_of_cycles = 3;

/// What one solve works in.
template <class T>
struct separable_solve_memory {
    std::vector<separable_vectors<T>> vectors;
    std::vector<std::vector<separable_memory<T>>> of_threads;
    std::vector<std::vector<double>> rows;  ///< of a thread, of the finest grid
    std::vector<large_vector<T>> rows_in_order;
    std::vector<double> squares;  ///< by slab, of residuals
    std::vector<double> coarsest;
    std::vector<std::size_t> n_items;

    [[nodiscard]] std::size_t bytes() const;
};

/// T: what cycles compute in. Immutable but for memory that it lends to solves.
template <std::size_t D, class T>
class separable_hierarchy {
public:
    /// Of one unknown at least.
    separable_hierarchy(separable_problem<D> problem, laplacian_multigrid_options const& options);

    class solve;

    [[nodiscard]] std::size_t n_levels() const noexcept { return levels_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    void set_rows();
    void factor_coarsest(std::array<axis_operator, D> const& axes);
    void add_visit(separable_step const& visit, std::vector<separable_step>& to) const;
    /// What comes below a level when it is visited, and what comes then.
    [[nodiscard]] std::pair<separable_step, std::optional<separable_step>> visits_below(
        separable_step const& visit) const;
    [[nodiscard]] std::unique_ptr<separable_solve_memory<T>> make_memory() const;

    /// M⁻¹ K of the finest grid along a direction, x in order.
    struct finest_rows {
        std::vector<double> below, above, excess, share, inverse_share;
    };

    separable_problem<D> problem_;
    std::array<finest_rows, D> rows_;
    int sweeps_;
    double scale_;  ///< of the levels' operators: single precision has few powers of ten
    std::vector<separable_level<D, T>> levels_;
    std::size_t n_shared_ = 1;  ///< levels that several threads may share
    std::array<std::vector<separable_step>, n_kinds_of_cycles> steps_;
    std::vector<std::size_t> coarsest_;  ///< places of the coarsest grid's points
    std::vector<double> coarsest_shares_;
    Eigen::LLT<Eigen::MatrixXd> factor_;
    mutable poise::detail::lending_pool<separable_solve_memory<T>> pool_;
};

/// Cycles for A x = b. r = b - A x - mean (shares).
template <std::size_t D, class T>
class separable_hierarchy<D, T>::solve {
public:
    /// scale: of b, a power of two, for sums of squares that neither over- nor underflow.
    solve(separable_hierarchy const& owner, std::span<double const> b, std::span<double> x, double scale, double mean,
          std::size_t n_threads);

    /// scale ‖r‖₂.
    [[nodiscard]] double residual_norm();
    /// The same, and the sweeps on the finest grid before the coarser ones. expected: what it is, about.
    [[nodiscard]] double begin_cycle(double expected);
    void end_cycle(separable_cycles how);
    [[nodiscard]] double norm_of_x() const;
    /// Adds to x what makes this its mean, by shares.
    void set_mean(double mean);

private:
    [[nodiscard]] separable_pass<D, T> pass_of(std::size_t depth, std::size_t thread);
    [[nodiscard]] std::size_t n_strips(std::size_t depth) const;
    [[nodiscard]] slab_strip strip_of(std::size_t depth, std::size_t item, std::size_t n) const;
    void run(std::span<separable_step const> steps);
    void do_item(separable_step const& step, std::size_t item, std::size_t n, std::size_t thread);
    void visit(separable_step const& step, std::size_t thread);
    void for_slabs(void (solve::*act)(std::ptrdiff_t slab, std::size_t thread));
    void measure(std::ptrdiff_t slab, std::size_t thread);
    void take_in(std::ptrdiff_t slab, std::size_t thread);
    void give_out(std::ptrdiff_t slab, std::size_t thread);
    template <class Use>
    void with_residuals(std::ptrdiff_t slab, std::size_t thread, Use const& use);
    void solve_coarsest();
    [[nodiscard]] double norm_of_squares() const;

    separable_hierarchy const& owner_;
    std::span<double const> b_;
    std::span<double> x_;
    double scale_, mean_;
    double of_residual_ = 1.0;  ///< what the scaled residual is multiplied by for a cycle
    std::size_t n_threads_;
    typename poise::detail::lending_pool<separable_solve_memory<T>>::lease lease_;
    separable_solve_memory<T>& own_;
};

}  // namespace poise::linear::detail
