// SPDX-License-Identifier: MIT
// Private to src/linear: what a cycle does on one level of a separable hierarchy.
#pragma once

#include "linear/separable/level.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace poise::linear::detail {

/// Arrays of a level in a cycle, its border included.
template <class T>
struct separable_vectors {
    large_vector<T> x, b;
};

/// What a thread works in on a level: rows, and slabs of restricted residuals.
template <class T>
struct separable_memory {
    large_vector<T> rows, slabs;
};

/// Consecutive slabs that a thread takes through all stages of a pass, each stage one slab behind the one before it, on
/// whose neighbouring slabs it depends. At an end that is not the grid's, each stage leaves out one slab more; these
/// are done when both strips are (`seam`: the first slab of a strip but the first). The bits do not depend on strips.
struct slab_strip {
    std::ptrdiff_t first, last;
};

/// Called with a slab, before its first stage or after its last.
using slab_action = std::function<void(std::ptrdiff_t slab)>;

/// Points are red where the sum of their coordinates is even. Gauss–Seidel, red points first, in both directions: their
/// residuals alone are not 0 after it, and the black ones alone need the correction before it.
template <std::size_t D, class T>
class separable_pass {
public:
    separable_pass(separable_level<D, T> const& fine, separable_level<D, T> const& coarse,
                   separable_vectors<T>& vectors, separable_vectors<T>& coarse_vectors, separable_memory<T>& own,
                   int sweeps)
        : fine_{fine},
          coarse_{coarse},
          x_{vectors.x.data()},
          b_{vectors.b.data()},
          coarse_x_{coarse_vectors.x.data()},
          coarse_b_{coarse_vectors.b.data()},
          own_{own},
          sweeps_{sweeps} {}

    [[nodiscard]] static separable_memory<T> make_memory(separable_level<D, T> const& fine,
                                                         separable_level<D, T> const& coarse);
    /// Strips must not be shorter.
    [[nodiscard]] static std::ptrdiff_t shortest_strip(std::ptrdiff_t sweeps) { return 8 * sweeps + 8; }

    /// Sweeps, from x = 0 or what it is, and coarse b = R (b - A x). before: each slab, may fill b.
    void descend(slab_strip const& slabs, bool from_zero, slab_action const& before);
    void descend_at(std::ptrdiff_t seam, bool from_zero);
    /// x += P coarse x, and sweeps. after: each slab of the strip that is done.
    void ascend(slab_strip const& slabs, slab_action const& after) { rise(slabs, end_of_ascent(), after); }
    void ascend_at(std::ptrdiff_t seam, slab_action const& after) { rise_at(seam, end_of_ascent(), after); }
    /// ascend(), and descend() from what x is then, while the slabs are at hand.
    void turn(slab_strip const& slabs);
    void turn_at(std::ptrdiff_t seam);

private:
    enum colour { red = 0, black = 1 };
    class restriction;

    [[nodiscard]] std::size_t half_of(std::ptrdiff_t slab, std::ptrdiff_t row, colour which) const {
        return static_cast<std::size_t>((slab + row + which) % 2);
    }
    [[nodiscard]] std::ptrdiff_t place_of(std::ptrdiff_t slab, std::ptrdiff_t row, std::size_t half) const {
        return fine_.row(slab, row) + static_cast<std::ptrdiff_t>(half) * fine_.half;
    }

    /// What a point gets: more than what solves its own equation, the same where it is 0 and may hold anything, or
    /// that.
    enum class relaxation { over, over_from_zero, exact };
    /// The last sweep before the coarse grid leaves no residuals on its points, which are then not restricted; the
    /// first one after it asks for no correction of its points, which then get none.
    [[nodiscard]] relaxation of_descent(std::ptrdiff_t stage, bool from_zero) const {
        if (stage == end_of_descent()) return relaxation::exact;
        return from_zero && stage == 1 ? relaxation::over_from_zero : relaxation::over;
    }
    [[nodiscard]] relaxation of_rise(std::ptrdiff_t stage) const {
        return stage == 1 || stage == end_of_turn() ? relaxation::exact : relaxation::over;
    }
    void relax(std::ptrdiff_t slab, colour which, relaxation how);
    void relax_from_zero(std::ptrdiff_t slab);
    void rise(slab_strip const& slabs, std::ptrdiff_t end, slab_action const& after);
    void rise_at(std::ptrdiff_t seam, std::ptrdiff_t end, slab_action const& after);
    void restrict_rows_of(std::ptrdiff_t slab);
    void restrict_row(std::ptrdiff_t slab, std::ptrdiff_t row, T* to);
    void restrict_to(std::ptrdiff_t coarse_slab);
    void prolong_to(std::ptrdiff_t slab);
    [[nodiscard]] T* restricted(std::ptrdiff_t slab, std::ptrdiff_t coarse_row) const;
    [[nodiscard]] restriction restriction_in(slab_strip const& slabs, std::ptrdiff_t end);
    [[nodiscard]] restriction restriction_at(std::ptrdiff_t seam, std::ptrdiff_t end);
    /// The last stages, the first being 0.
    [[nodiscard]] std::ptrdiff_t end_of_descent() const { return 2 * sweeps_ - 1; }
    [[nodiscard]] std::ptrdiff_t end_of_ascent() const { return 2 * sweeps_; }
    [[nodiscard]] std::ptrdiff_t end_of_turn() const { return 4 * sweeps_; }

    separable_level<D, T> const& fine_;
    separable_level<D, T> const& coarse_;
    T* x_;
    T const* b_;
    T const* coarse_x_;
    T* coarse_b_;
    separable_memory<T>& own_;
    std::ptrdiff_t sweeps_;
};

}  // namespace poise::linear::detail
