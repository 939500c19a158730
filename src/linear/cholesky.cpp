// SPDX-License-Identifier: MIT
#include "linear/cholesky_factors.hpp"
#include "linear/ordering.hpp"
#include "linear/sparsity_pattern.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <stdexcept>
#include <variant>
#include <vector>

namespace poise::linear {
namespace {

using detail::block_width;
using detail::rank_change;
using detail::triangular_factor;

std::unique_ptr<detail::cholesky_factors> factor(csr_view const& A, cholesky_options const& options) {
    if (A.n_entries() == 0) throw not_positive_definite{A.n_rows};  // whose arrays CHOLMOD takes for missing
    bool const use_cholmod = options.backend == cholesky_backend::cholmod ||
                             (options.backend == cholesky_backend::automatic && has_cholmod());
    return use_cholmod ? detail::factor_with_cholmod(A, options.ordering)
                       : detail::factor_with_eigen(A, options.ordering);
}

void require_matrix(csr_view const& A, input_check check) {
    if (check == input_check::none) return;
    require_valid(A);
    require_symmetric(A);
}

// The checks know the matrix as A.
void require_columns(csr_view const& C, input_check check) {
    if (check == input_check::none) return;
    try {
        require_valid(C);
    } catch (std::invalid_argument const& fault) {
        throw_invalid(concat("update: of C taken as A, ", fault.what()));
    }
}

void solve_one(triangular_factor const& factor, std::span<double const> b, std::span<double> x) {
    auto const& order = factor.order;
    std::vector<double> permuted(order.size());
    for (std::size_t k = 0; k < order.size(); ++k) permuted[k] = b[order[k]];
    std::visit([&](auto const& L) { detail::solve_in_place(L, permuted); }, factor.L);
    for (std::size_t k = 0; k < order.size(); ++k) x[order[k]] = permuted[k];
}

// Columns first … first + n_columns - 1, at most block_width; the others of a block that is not full are 0.
void solve_block(triangular_factor const& factor, ndspan<double const, 2> B, ndspan<double, 2> X, std::ptrdiff_t first,
                 std::size_t n_columns, std::span<double> block) {
    auto const& order = factor.order;
    std::ranges::fill(block, 0.0);
    for (std::size_t k = 0; k < order.size(); ++k)
        for (std::size_t c = 0; c < n_columns; ++c)
            block[k * block_width + c] = B(order[k], first + static_cast<std::ptrdiff_t>(c));
    std::visit([&](auto const& L) { detail::solve_block_in_place(L, block); }, factor.L);
    for (std::size_t k = 0; k < order.size(); ++k)
        for (std::size_t c = 0; c < n_columns; ++c)
            X(order[k], first + static_cast<std::ptrdiff_t>(c)) = block[k * block_width + c];
}

}  // namespace

char const* to_string(cholesky_backend backend) noexcept {
    switch (backend) {
        case cholesky_backend::automatic:
            return "automatic";
        case cholesky_backend::cholmod:
            return "CHOLMOD";
        case cholesky_backend::eigen:
            return "Eigen";
    }
    return "unknown";
}

not_positive_definite::not_positive_definite(index_t n_rows)
    : error{concat("Cholesky: the ", n_rows, " x ", n_rows,
                   " matrix is not positive definite (a pivot is not positive); "
                   "a Laplacian needs a Dirichlet side or a shift > 0")} {}

void detail::require_countable_factor(std::size_t entries, index_t n_rows) {
    if (entries > max_index)
        throw error{
            concat("Cholesky: the factor of ", n_rows, " unknowns exceeds 32-bit indices; choose a coarser grid")};
}

void detail::require_memory_for_factor(std::size_t bytes, index_t n_rows) {
    require_memory(static_cast<double>(bytes), [&] { return concat("the Cholesky factor of ", n_rows, " unknowns"); });
}

class cholesky::implementation {
public:
    implementation(csr_view const& A, cholesky_options const& options) : pattern_{A}, n_rows_{A.n_rows} {
        if (n_rows_ == 0) return;  // every backend has its own way of failing on it, and the answer is known
        factors_ = factor(A, options);
    }

    void refactor(csr_view const& A) {
        pattern_.require_same(A);
        if (n_rows_ > 0) factors_->refactor(A);
    }

    void change(csr_view const& C, rank_change what) {
        POISE_REQUIRE(C.n_rows == n_rows_, "the factor has ", n_rows_, " rows, but C is ", C.n_rows, " x ", C.n_cols);
        if (n_rows_ > 0) factors_->change(C, what);
    }

    void solve(std::span<double const> b, std::span<double> x) const {
        auto const n = static_cast<std::size_t>(n_rows_);
        POISE_REQUIRE(b.size() == n && x.size() == n, "the factor has ", n, " rows, but b has ", b.size(),
                      " entries and x ", x.size());
        if (n > 0) solve_one(factors_->view(), b, x);
    }

    void solve(ndspan<double const, 2> B, ndspan<double, 2> X) const {
        POISE_REQUIRE(B.extent(0) == n_rows_ && X.extents() == B.extents(), "the factor has ", n_rows_,
                      " rows, but B is ", B.extent(0), " x ", B.extent(1), " and X ", X.extent(0), " x ", X.extent(1));
        if (n_rows_ == 0) return;
        auto const n = static_cast<std::size_t>(n_rows_);
        auto const view = factors_->view();
        std::vector<double> block;
        for (std::ptrdiff_t k = 0; k < B.extent(1);) {
            std::size_t const n_columns = std::min(block_width, static_cast<std::size_t>(B.extent(1) - k));
            if (n_columns == 1) {
                solve_one(view, {&B(0, k), n}, {&X(0, k), n});
            } else {
                block.resize(n * block_width);
                solve_block(view, B, X, k, n_columns, block);
            }
            k += static_cast<std::ptrdiff_t>(n_columns);
        }
    }

    [[nodiscard]] index_t n_rows() const noexcept { return n_rows_; }
    [[nodiscard]] cholesky_backend backend() const noexcept {
        return factors_ ? factors_->backend() : cholesky_backend::eigen;
    }
    [[nodiscard]] std::size_t n_entries() const noexcept { return factors_ ? factors_->n_entries() : 0; }
    [[nodiscard]] std::size_t bytes() const noexcept { return pattern_.bytes() + (factors_ ? factors_->bytes() : 0); }

private:
    detail::sparsity_pattern pattern_;
    index_t n_rows_;
    std::unique_ptr<detail::cholesky_factors> factors_;
};

cholesky::cholesky(csr_view A, cholesky_options const& options) {
    profile::scope const timing{"factorise"};
    require_matrix(A, options.check);
    if (!options.ordering.empty() && options.check == input_check::full)
        detail::require_permutation(options.ordering, A.n_rows);
    implementation_ = std::make_unique<implementation>(A, options);
}

cholesky::~cholesky() = default;
cholesky::cholesky(cholesky&&) noexcept = default;
cholesky& cholesky::operator=(cholesky&&) noexcept = default;

cholesky::implementation& cholesky::held() const {
    POISE_REQUIRE(implementation_ != nullptr, "this cholesky was moved from; use the one that it went to");
    return *implementation_;
}

void cholesky::refactor(csr_view A, input_check check) {
    profile::scope const timing{"refactorise"};
    require_matrix(A, check);
    held().refactor(A);
}

void cholesky::update(csr_view C, input_check check) {
    profile::scope const timing{"update of a factor"};
    require_columns(C, check);
    held().change(C, rank_change::update);
}
void cholesky::downdate(csr_view C, input_check check) {
    profile::scope const timing{"downdate of a factor"};
    require_columns(C, check);
    held().change(C, rank_change::downdate);
}

void cholesky::solve(std::span<double const> b, std::span<double> x) const { held().solve(b, x); }
void cholesky::solve(ndspan<double const, 2> B, ndspan<double, 2> X) const { held().solve(B, X); }

index_t cholesky::n_rows() const noexcept { return implementation_ ? implementation_->n_rows() : 0; }
cholesky_backend cholesky::backend() const noexcept {
    return implementation_ ? implementation_->backend() : cholesky_backend::automatic;
}
std::size_t cholesky::n_entries() const noexcept { return implementation_ ? implementation_->n_entries() : 0; }
std::size_t cholesky::bytes() const noexcept { return implementation_ ? implementation_->bytes() : 0; }

}  // namespace poise::linear
