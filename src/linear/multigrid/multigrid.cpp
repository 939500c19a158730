// SPDX-License-Identifier: MIT
#include "core/lending_pool.hpp"
#include "linear/multigrid/coarsen.hpp"
#include "linear/multigrid/cycle.hpp"
#include "linear/multigrid/islands.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/profile/scope.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <vector>

namespace poise::linear {
namespace {

// At this size a dense factorisation costs no more than the cycles on still coarser grids.
constexpr std::size_t most_unknowns_of_coarsest = 100;

// From this level on, where the grids are small, each visits the next coarser one twice: a cycle costs little more, and
// the corners at which blocks of different coefficients meet no longer cost iterations.
constexpr std::size_t first_with_two_visits = 2;

template <std::size_t D>
detail::multigrid_level<D> finest_level(stencil_matrix<D> const& A) {
    using steps = detail::neighbour_step<D>;
    detail::multigrid_level<D> level{A.n()};
    for (std::size_t d = 0; d < D; ++d) {
        std::array<int, D> step{};
        step[d] = 1;
        level.coupling(steps::number(step)).resize(level.size);
    }
    std::size_t number = 0;
    grid::detail::for_each_index(A.n(), [&](grid::extents<D> const& point) {
        auto const i = static_cast<std::size_t>(level.place(point));
        double const diagonal = A.diagonal()[number];
        POISE_REQUIRE(std::isfinite(1.0 / diagonal) && diagonal > 0.0, "multigrid: A(", number, ", ", number, ") is ",
                      diagonal, "; it must be positive, with a finite inverse");
        level.diagonal[i] = diagonal;
        level.inverse[i] = 1.0 / diagonal;
        for (std::size_t d = 0; d < D; ++d) {
            std::array<int, D> step{};
            step[d] = 1;
            double const c = A.coupling(d)[number];
            POISE_REQUIRE(c >= 0.0 && std::isfinite(c), "multigrid: the coupling of unknown ", number, " in ", "xyz"[d],
                          " is ", c, "; it must be finite and not negative");
            level.coupling(steps::number(step))[i] = point[d] + 1 < A.n()[d] ? c : 0.0;
        }
        ++number;
    });
    return level;
}

}  // namespace

template <std::size_t D>
class multigrid<D>::implementation {
public:
    implementation(stencil_matrix<D> const& A, multigrid_options const& options) : sweeps_{options.smoothing_sweeps} {
        profile::scope const timing{"multigrid set-up"};
        POISE_REQUIRE(sweeps_ >= 1, "smoothing_sweeps is ", sweeps_, "; a cycle needs at least 1");
        for (std::size_t d = 0; d < D; ++d)
            POISE_REQUIRE(!A.periodic(d), "multigrid: ", "xyz"[d], " is periodic; it can be solved by another method");
        if (A.n_unknowns() == 0) return;
        levels_.push_back(finest_level(A));
        while (levels_.back().n_points() > most_unknowns_of_coarsest) {
            auto coarser = detail::coarsen(levels_.back());
            if (!coarser) break;
            levels_.push_back(std::move(*coarser));
        }
        factor_coarsest();
    }

    void operator()(std::span<double const> r, std::span<double> z) const {
        POISE_REQUIRE(r.size() == n_unknowns() && z.size() == n_unknowns(), "multigrid: of ", n_unknowns(),
                      " unknowns, for vectors of ", r.size(), " and ", z.size());
        if (levels_.empty()) return;
        auto const leased = pool_.take([this] { return make_vectors(); });
        cycle_vectors& vectors = *leased;
        auto& finest = vectors.front();
        copy_rows([&](std::size_t inside, std::size_t bordered, std::size_t n) {
            std::copy_n(r.begin() + static_cast<std::ptrdiff_t>(inside), n,
                        finest.b.begin() + static_cast<std::ptrdiff_t>(bordered));
        });
        cycle(0, vectors);
        copy_rows([&](std::size_t inside, std::size_t bordered, std::size_t n) {
            std::copy_n(finest.x.begin() + static_cast<std::ptrdiff_t>(bordered), n,
                        z.begin() + static_cast<std::ptrdiff_t>(inside));
        });
    }

    std::size_t n_unknowns() const noexcept { return levels_.empty() ? 0 : levels_.front().n_points(); }
    std::size_t n_levels() const noexcept { return levels_.size(); }
    std::size_t bytes() const noexcept {
        std::size_t total = 0;
        for (auto const& level : levels_) total += level.bytes() + 3 * level.size * sizeof(double);
        return total;
    }

private:
    using cycle_vectors = std::vector<detail::level_vectors>;

    void cycle(std::size_t depth, cycle_vectors& vectors) const {
        auto const& level = levels_[depth];
        auto& [x, b, r] = vectors[depth];
        if (depth + 1 == levels_.size()) return solve_coarsest(b, x);
        std::ranges::fill(x, 0.0);
        for (int sweep = 0; sweep < sweeps_; ++sweep) {
            detail::smooth(level, b, x, false);
            detail::settle_islands(level, std::span<double const>{b}, x, false);
        }
        // Not where one direction alone is halved: there the visits would cost more at every level.
        bool const twice = depth >= first_with_two_visits && 3 * levels_[depth + 1].n_points() <= level.n_points();
        for (int visit = twice ? 0 : 1; visit < 2; ++visit) {
            detail::residual(level, std::span<double const>{b}, std::span<double const>{x}, std::span<double>{r});
            detail::restrict_to(level, levels_[depth + 1], r, vectors[depth + 1].b);
            cycle(depth + 1, vectors);
            detail::prolong(level, levels_[depth + 1], vectors[depth + 1].x, x);
        }
        for (int sweep = 0; sweep < sweeps_; ++sweep) {
            detail::settle_islands(level, std::span<double const>{b}, x, true);
            detail::smooth(level, b, x, true);
        }
    }

    // Numbers of the coarsest grid's points, in order.
    void factor_coarsest() {
        using steps = detail::neighbour_step<D>;
        auto const& level = levels_.back();
        std::vector<Eigen::Index> number(level.size, -1);
        grid::detail::for_each_index(level.n, [&](grid::extents<D> const& point) {
            coarsest_.push_back(static_cast<std::size_t>(level.place(point)));
            number[coarsest_.back()] = static_cast<Eigen::Index>(coarsest_.size()) - 1;
        });
        auto const n = static_cast<Eigen::Index>(coarsest_.size());
        Eigen::MatrixXd A = Eigen::MatrixXd::Zero(n, n);
        double row_sums = 0.0, largest = 0.0;
        for (Eigen::Index row = 0; row < n; ++row) {
            auto const i = static_cast<std::ptrdiff_t>(coarsest_[static_cast<std::size_t>(row)]);
            A(row, row) = level.diagonal[static_cast<std::size_t>(i)];
            for (std::size_t s = 0; s < steps::count; ++s) {
                if (s == steps::middle) continue;
                auto const column = number[static_cast<std::size_t>(i + level.offset[s])];
                if (column >= 0) A(row, column) = -level.coupling_at(i, s);
            }
            row_sums += A.row(row).sum();
            largest = std::max(largest, A(row, row));
        }
        // Singular, with the constants in its nullspace: any one of the solutions will do, so one value is held.
        if (row_sums <= 1e-12 * largest) A(0, 0) *= 2.0;
        factor_.compute(A);
        if (factor_.info() != Eigen::Success || !(factor_.matrixLLT().diagonal().array() > 0.0).all())
            throw error{"multigrid: the matrix on the coarsest grid is not positive definite; so A is not, or hardly"};
    }

    void solve_coarsest(std::vector<double> const& b, std::vector<double>& x) const {
        std::array<double, 4 * most_unknowns_of_coarsest> few;
        auto const n = coarsest_.size();
        // More are left only where no direction can be halved any more.
        std::vector<double> many(n > few.size() ? n : 0);
        std::span<double> const values = n > few.size() ? std::span{many} : std::span{few}.first(n);
        for (std::size_t i = 0; i < n; ++i) values[i] = b[coarsest_[i]];
        Eigen::Map<Eigen::VectorXd> in_place{values.data(), static_cast<Eigen::Index>(n)};
        factor_.solveInPlace(in_place);
        for (std::size_t i = 0; i < n; ++i) x[coarsest_[i]] = values[i];
    }

    // The rows of the finest grid: where they begin without and with the border.
    template <class Copy>
    void copy_rows(Copy const& copy) const {
        auto const& level = levels_.front();
        auto const nx = static_cast<std::size_t>(level.n[0]);
        std::size_t inside = 0;
        grid::detail::for_each_line(level.n, [&](grid::extents<D> const& point) {
            copy(inside, static_cast<std::size_t>(level.place(point)), nx);
            inside += nx;
        });
    }

    std::unique_ptr<cycle_vectors> make_vectors() const {
        auto vectors = std::make_unique<cycle_vectors>(levels_.size());
        for (std::size_t k = 0; k < levels_.size(); ++k)
            for (auto* v : {&(*vectors)[k].x, &(*vectors)[k].b, &(*vectors)[k].r}) v->resize(levels_[k].size);
        return vectors;
    }

    int sweeps_;
    std::vector<detail::multigrid_level<D>> levels_;
    std::vector<std::size_t> coarsest_;
    Eigen::LLT<Eigen::MatrixXd> factor_;
    mutable poise::detail::lending_pool<cycle_vectors> pool_;
};

template <std::size_t D>
multigrid<D>::multigrid(stencil_matrix<D> const& A, multigrid_options const& options)
    : implementation_{std::make_unique<implementation>(A, options)} {}
template <std::size_t D>
multigrid<D>::~multigrid() = default;
template <std::size_t D>
multigrid<D>::multigrid(multigrid&&) noexcept = default;
template <std::size_t D>
multigrid<D>& multigrid<D>::operator=(multigrid&&) noexcept = default;
template <std::size_t D>
void multigrid<D>::operator()(std::span<double const> r, std::span<double> z) const {
    (*implementation_)(r, z);
}
template <std::size_t D>
std::size_t multigrid<D>::n_unknowns() const noexcept {
    return implementation_->n_unknowns();
}
template <std::size_t D>
std::size_t multigrid<D>::n_levels() const noexcept {
    return implementation_->n_levels();
}
template <std::size_t D>
std::size_t multigrid<D>::bytes() const noexcept {
    return implementation_->bytes();
}

template class multigrid<1>;
template class multigrid<2>;
template class multigrid<3>;

}  // namespace poise::linear
