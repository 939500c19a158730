// SPDX-License-Identifier: MIT
#include "linear/condition_estimate.hpp"
#include "linear/equilibration.hpp"
#include "linear/lu_factorisation.hpp"
#include "linear/ordering.hpp"
#include "linear/sparsity_pattern.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/scope.hpp>

#include <limits>
#include <utility>

namespace poise::linear {
namespace {

using detail::lu_system;

// A matrix, its scales and what its factors say.
struct scaled_factors {
    detail::equilibration scales;
    std::unique_ptr<detail::lu_factors const> factors;
    double rcond = 1.0;
};

// ‖Sᵀ‖₁ ‖S⁻ᵀ‖₁: of the rows of S as columns.
double estimate_rcond(csr_view const& S, detail::lu_factors const& factors) {
    detail::lu_workspace work;
    auto const solve = [&](lu_system system) {
        return [&, system](std::span<double const> c, std::span<double> y) { factors.solve(system, c, y, work); };
    };
    double const norm_of_inverse = detail::norm1_of_inverse(static_cast<std::size_t>(S.n_rows),
                                                            solve(lu_system::transposed), solve(lu_system::matrix));
    return 1.0 / (norm_infinity(S) * norm_of_inverse);
}

scaled_factors factor(csr_view const& A, detail::lu_analysis const& analysis) {
    scaled_factors made;
    made.scales = detail::equilibrate(A);
    auto const values = detail::scaled_values(A, made.scales);
    csr_view const S{A.n_rows, A.n_cols, A.row_start, A.columns, values};
    made.factors = analysis.factor(S);
    profile::scope const timing{"condition estimate"};
    made.rcond = estimate_rcond(S, *made.factors);
    return made;
}

std::unique_ptr<detail::lu_analysis const> analyse(csr_view const& A, lu_options const& options) {
    // Which says that row 0 is empty; UMFPACK would take the arrays for missing.
    if (A.n_entries() == 0) (void)detail::equilibrate(A);
    bool const use_umfpack =
        options.backend == lu_backend::umfpack || (options.backend == lu_backend::automatic && has_umfpack());
    return use_umfpack ? detail::analyse_with_umfpack(A, options.ordering)
                       : detail::analyse_with_eigen(A, options.ordering);
}

void require_matrix(csr_view const& A, input_check check) {
    POISE_REQUIRE(A.n_rows == A.n_cols, "LU: A is ", A.n_rows, " x ", A.n_cols, "; it must be square");
    if (check == input_check::full) require_valid(A);
}

}  // namespace

char const* to_string(lu_backend backend) noexcept {
    switch (backend) {
        case lu_backend::automatic:
            return "automatic";
        case lu_backend::umfpack:
            return "UMFPACK";
        case lu_backend::eigen:
            return "Eigen";
    }
    return "unknown";
}

singular_matrix detail::no_pivot(index_t row, index_t n_rows) {
    return {concat("LU: the ", n_rows, " x ", n_rows, " matrix is singular: row ", row,
                   " has no pivot left, it is a combination of rows eliminated before it"),
            row, singular_matrix::unknown};
}

class lu::implementation {
public:
    implementation(csr_view const& A, lu_options const& options) : pattern_{A}, n_rows_{A.n_rows} {
        if (n_rows_ == 0) return;  // every backend has its own way of failing on it, and the answer is known
        analysis_ = analyse(A, options);
        current_ = factor(A, *analysis_);
    }

    void refactor(csr_view const& A) {
        pattern_.require_same(A);
        if (n_rows_ > 0) current_ = factor(A, *analysis_);
    }

    // Of the largest number only the digits are solved for, so that nothing overflows on the way.
    void solve(lu_system system, std::span<double const> b, std::span<double> x, detail::lu_workspace& work) const {
        if (n_rows_ == 0) return;
        auto const& [scales, factors, rcond] = current_;
        bool const is_transposed = system == lu_system::transposed;
        auto const& before = is_transposed ? scales.columns : scales.rows;
        auto const& after = is_transposed ? scales.rows : scales.columns;
        work.scaled.resize(b.size());
        work.solved.resize(b.size());
        int const shift = detail::shift_to_one(b, before);
        detail::scale_by_powers(b, before, shift, work.scaled);
        factors->solve(system, work.scaled, work.solved, work);
        detail::scale_by_powers(work.solved, after, -shift, x);
    }

    void solve(lu_system system, std::span<double const> b, std::span<double> x) const {
        auto const n = static_cast<std::size_t>(n_rows_);
        POISE_REQUIRE(b.size() == n && x.size() == n, "the factors have ", n, " rows, but b has ", b.size(),
                      " entries and x ", x.size());
        detail::lu_workspace work;
        solve(system, b, x, work);
    }

    void solve(lu_system system, ndspan<double const, 2> B, ndspan<double, 2> X) const {
        POISE_REQUIRE(B.extent(0) == n_rows_ && X.extents() == B.extents(), "the factors have ", n_rows_,
                      " rows, but B is ", B.extent(0), " x ", B.extent(1), " and X ", X.extent(0), " x ", X.extent(1));
        auto const n = static_cast<std::size_t>(n_rows_);
        detail::lu_workspace work;
        for (std::ptrdiff_t k = 0; k < B.extent(1); ++k) solve(system, {&B(0, k), n}, {&X(0, k), n}, work);
    }

    [[nodiscard]] double rcond() const noexcept { return current_.rcond; }
    [[nodiscard]] index_t n_rows() const noexcept { return n_rows_; }
    [[nodiscard]] lu_backend backend() const noexcept { return analysis_ ? analysis_->backend() : lu_backend::eigen; }
    [[nodiscard]] std::size_t n_entries() const noexcept {
        return current_.factors ? current_.factors->n_entries() : 0;
    }
    [[nodiscard]] std::size_t bytes() const noexcept {
        std::size_t const held = pattern_.bytes() + current_.scales.bytes();
        return analysis_ ? held + analysis_->bytes() + current_.factors->bytes() : held;
    }

private:
    detail::sparsity_pattern pattern_;
    index_t n_rows_;
    std::unique_ptr<detail::lu_analysis const> analysis_;
    scaled_factors current_;
};

lu::lu(csr_view A, lu_options const& options) {
    profile::scope const timing{"factorise"};
    require_matrix(A, options.check);
    if (!options.ordering.empty() && options.check == input_check::full)
        detail::require_permutation(options.ordering, A.n_rows);
    implementation_ = std::make_unique<implementation>(A, options);
}

lu::~lu() = default;
lu::lu(lu&&) noexcept = default;
lu& lu::operator=(lu&&) noexcept = default;

lu::implementation& lu::held() const {
    POISE_REQUIRE(implementation_ != nullptr, "this lu was moved from; use the one that it went to");
    return *implementation_;
}

void lu::refactor(csr_view A, input_check check) {
    profile::scope const timing{"refactorise"};
    require_matrix(A, check);
    held().refactor(A);
}

void lu::solve(std::span<double const> b, std::span<double> x) const { held().solve(lu_system::matrix, b, x); }
void lu::solve_transposed(std::span<double const> b, std::span<double> x) const {
    held().solve(lu_system::transposed, b, x);
}
void lu::solve(ndspan<double const, 2> B, ndspan<double, 2> X) const { held().solve(lu_system::matrix, B, X); }
void lu::solve_transposed(ndspan<double const, 2> B, ndspan<double, 2> X) const {
    held().solve(lu_system::transposed, B, X);
}

double lu::rcond() const noexcept { return implementation_ ? implementation_->rcond() : 0.0; }
index_t lu::n_rows() const noexcept { return implementation_ ? implementation_->n_rows() : 0; }
lu_backend lu::backend() const noexcept { return implementation_ ? implementation_->backend() : lu_backend::automatic; }
std::size_t lu::n_entries() const noexcept { return implementation_ ? implementation_->n_entries() : 0; }
std::size_t lu::bytes() const noexcept { return implementation_ ? implementation_->bytes() : 0; }

}  // namespace poise::linear
