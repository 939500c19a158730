// SPDX-License-Identifier: MIT
// Private to src/: what a multigrid cycle does below the finest grid, as programs for a GPU.
#pragma once

#include "cuda/multigrid/ascent.hpp"
#include "cuda/multigrid/bottom.hpp"
#include "cuda/multigrid/descent.hpp"
#include "cuda/multigrid/source.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace poise::cuda::detail {

/// What the first and the last half of a visit's sweeps over-relax by. Source: Yavneh (1996), SIAM J. Sci. Comput. 17,
/// 180. Measured: a cycle leaves 0.066 of an error on a square and 0.12 on a cube; without, 0.068 and 0.2.
template <class T, bool Flat>
inline constexpr T over_relaxation = Flat ? T(1.25) : T(1.4);

/// The grids of a hierarchy and their operators, the finest first.
template <class T, class Operator>
struct grids_and_operators {
    std::vector<grid_view<T>> grids;
    std::vector<Operator> operators;
    T const* coarsest_inverse = nullptr;
    std::size_t n_large = 1;  ///< grids with programs of their own; the others, one at least, are at the bottom

    void choose_bottom() {
        n_large = grids.size() - 1;
        while (n_large > 1 && fits_at_the_bottom(n_large - 1)) --n_large;
    }

private:
    // From this grid on.
    [[nodiscard]] bool fits_at_the_bottom(std::size_t from) const {
        using at_the_bottom = bottom<T, Operator>;
        if (grids.size() - from > static_cast<std::size_t>(at_the_bottom::most_grids)) return false;
        std::size_t bytes = 0;
        for (std::size_t i = from; i < grids.size(); ++i)
            bytes += at_the_bottom::shared_bytes_of(static_cast<std::size_t>(grids[i].n_points()));
        return bytes <= at_the_bottom::most_shared_bytes;
    }
};

/// Below the finest one. Cycles are symmetric where descents begin with black points, first_colour = 1.
template <class Machine, bool Flat, class T, class Operator>
class coarser_grids {
    static constexpr T omega = over_relaxation<T, Flat>;

public:
    coarser_grids(Machine& machine, grids_and_operators<T, Operator> const& all, int first_colour)
        : machine_{machine}, all_{all}, first_{first_colour} {
        for (std::size_t depth = 1; depth <= all.n_large; ++depth)
            vectors_.push_back(
                std::make_unique<vectors>(machine, static_cast<std::size_t>(all.grids[depth].n_points())));
    }
    [[nodiscard]] static double bytes_of(grids_and_operators<T, Operator> const& all) {
        double bytes = 0.0;
        for (std::size_t depth = 1; depth <= all.n_large; ++depth)
            bytes += 3.0 * sizeof(T) * static_cast<double>(all.grids[depth].n_points());
        return bytes;
    }

    /// Of the first of them: what it is given, and what comes of it.
    [[nodiscard]] T* b() const { return at(1).b.data(); }
    [[nodiscard]] T* x() const { return at(1).x.data(); }
    /// By a V-cycle, or by an F-cycle and a V-cycle.
    void solve(bool is_full) { visit(1, is_full); }

private:
    struct vectors {
        vectors(Machine& machine, std::size_t n) : b{machine, n, what}, x{machine, n, what}, kept{machine, n, what} {}
        static constexpr char const* what = "a multigrid solve";
        typename Machine::template array<T> b, x, kept;
    };

    [[nodiscard]] vectors const& at(std::size_t depth) const { return *vectors_[depth - 1]; }

    void visit(std::size_t depth, bool is_full) {
        if (depth == all_.n_large) return visit_bottom();
        auto const& here = at(depth);
        T* const given = here.b.data();
        using from_zero = right_hand_side<T>;
        using again = residual_again<T, Operator>;
        visit_below(depth, from_zero{all_.grids[depth], given}, given, is_full, false);
        if (!is_full) return;
        T* const kept = here.kept.data();
        visit_below(depth, again{all_.grids[depth], all_.operators[depth], given, here.x.data(), kept}, kept, false,
                    true);
    }
    // right: what the source leaves for the ascent.
    template <class Source>
    void visit_below(std::size_t depth, Source const& source, T const* right, bool is_full, bool adds) {
        auto const& grid = all_.grids[depth];
        auto const& A = all_.operators[depth];
        auto const& below = at(depth + 1);
        machine_.run(descent<Flat, T, Source, Operator>{grid, A, source, below.b.data(), nullptr, omega, first_});
        visit(depth + 1, is_full);
        machine_.run(ascent<Flat, T, T, Operator>{grid, A, right, below.x.data(), at(depth).x.data(), nullptr, adds,
                                                  omega, first_});
    }
    void visit_bottom() {
        std::size_t const first = all_.n_large;
        bottom<T, Operator> all{};
        all.n_grids = static_cast<int>(all_.grids.size() - first);
        std::ranges::copy(std::span{all_.grids}.subspan(first), all.grids);
        std::ranges::copy(std::span{all_.operators}.subspan(first), all.A);
        all.b = at(first).b.data();
        all.x = at(first).x.data();
        all.coarsest_inverse = all_.coarsest_inverse;
        all.omega = omega;
        all.first = first_;
        machine_.run(all);
    }

    Machine& machine_;
    grids_and_operators<T, Operator> const& all_;
    int first_;
    std::vector<std::unique_ptr<vectors>> vectors_;
};

}  // namespace poise::cuda::detail
