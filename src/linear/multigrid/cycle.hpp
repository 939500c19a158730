// SPDX-License-Identifier: MIT
// Private to src/linear: what a multigrid cycle does on one level.
#pragma once

#include "linear/multigrid/level.hpp"

#include <vector>

namespace poise::linear::detail {

/// Arrays of a level in a cycle, its border included.
template <class T>
struct level_vectors {
    large_vector<T> x, b;
};

/// What a thread works in on a level: residuals of a few slabs, and a row.
template <class T>
struct slab_memory {
    std::vector<T> slabs, row;
};

/// Slabs of a level, of which `first` is even. What is done to the slabs of one colour does not depend on its order, so
/// strips can be worked on at the same time, but for the slabs where they meet (seams, the first of each strip but the
/// first): these, and what depends on them, are done when both strips are. The bits do not depend on the strips.
struct strip {
    std::ptrdiff_t first, last;
};
constexpr std::ptrdiff_t shortest_strip = 8;

template <std::size_t D, class T>
class level_pass {
public:
    /// coarse, coarse_vectors: of the next level.
    level_pass(multigrid_level<D, T> const& fine, multigrid_level<D, T> const& coarse, level_vectors<T>& vectors,
               level_vectors<T>& coarse_vectors, slab_memory<T>& own)
        : fine_{fine},
          coarse_{coarse},
          x_{vectors.x.data()},
          b_{vectors.b.data()},
          coarse_x_{coarse_vectors.x.data()},
          coarse_b_{coarse_vectors.b.data()},
          own_{own} {}

    [[nodiscard]] static slab_memory<T> make_memory(multigrid_level<D, T> const& fine);

    /// A sweep of Gauss–Seidel from x = 0 in 2^D colours, those with odd coordinates first, each slab as soon as it can
    /// be; and_restrict: and what restrict() does, for the coarse slabs that it settles. Then the seam, and beside it.
    void sweep_from_zero(strip const& slabs, bool and_restrict);
    void sweep_seam_from_zero(std::ptrdiff_t seam) { smooth_slab(seam, true, false, true); }
    void restrict_beside(std::ptrdiff_t seam);

    /// Half of a further sweep: even or odd slabs.
    void sweep(strip const& slabs, std::ptrdiff_t parity, bool backwards);

    /// coarse b = Pᵀ (b - A x).
    void restrict_residual(strip const& slabs);
    /// x += P coarse x.
    void prolong(strip const& slabs);

    /// prolong(), and a sweep in the opposite order. Then the seam, and beside it.
    void prolong_and_sweep(strip const& slabs);
    void sweep_seam(std::ptrdiff_t seam) { smooth_slab(seam, true, true, false); }
    void sweep_beside(std::ptrdiff_t seam);

private:
    void smooth_half(coupling_set<D, T> const& couplings, std::ptrdiff_t row, std::size_t parity) const;
    void smooth_slab(std::ptrdiff_t slab, bool with_others, bool backwards, bool from_zero) const;
    void residual_slab(std::ptrdiff_t slab) const;
    void restrict_to(std::ptrdiff_t coarse_slab) const;
    void prolong_to(std::ptrdiff_t slab) const;
    [[nodiscard]] T* residual_row(std::ptrdiff_t slab, std::ptrdiff_t row) const;

    class restriction;

    multigrid_level<D, T> const& fine_;
    multigrid_level<D, T> const& coarse_;
    T* x_;
    T const* b_;
    T const* coarse_x_;
    T* coarse_b_;
    slab_memory<T>& own_;
};

}  // namespace poise::linear::detail
