// SPDX-License-Identifier: MIT
#include "linear/cholesky_implementation.hpp"
#include "linear/ordering.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>
#include <poise/profile/scope.hpp>

namespace poise::linear {
namespace {

// A matrix of no rows: every backend has its own way of failing on it, and the answer is known.
class nothing_to_factor final : public cholesky::implementation {
public:
    void solve(std::span<double const>, std::span<double>) const override {}
    cholesky_backend backend() const noexcept override { return cholesky_backend::eigen; }
    std::size_t n_entries() const noexcept override { return 0; }
    std::size_t bytes() const noexcept override { return 0; }
};

std::unique_ptr<cholesky::implementation> factorise(csr_view A, cholesky_options const& options) {
    if (A.n_rows == 0) return std::make_unique<nothing_to_factor>();
    bool const use_cholmod = options.backend == cholesky_backend::cholmod ||
                             (options.backend == cholesky_backend::automatic && has_cholmod());
    return use_cholmod ? factor_with_cholmod(A, options.ordering) : factor_with_eigen(A, options.ordering);
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

void require_countable_factor(std::size_t entries, index_t n_rows) {
    if (entries > max_index)
        throw error{
            concat("Cholesky: the factor of ", n_rows, " unknowns exceeds 32-bit indices; choose a coarser grid")};
}

void require_memory_for_factor(std::size_t bytes, index_t n_rows) {
    require_memory(static_cast<double>(bytes), [&] { return concat("the Cholesky factor of ", n_rows, " unknowns"); });
}

cholesky::cholesky(csr_view A, cholesky_options const& options) {
    profile::scope const timing{"factorise"};
    if (options.check == input_check::full) {
        require_valid(A);
        require_symmetric(A);
    }
    if (!options.ordering.empty() && options.check == input_check::full)
        detail::require_permutation(options.ordering, A.n_rows);
    implementation_ = factorise(A, options);
    implementation_->n_rows = A.n_rows;
}

cholesky::~cholesky() = default;
cholesky::cholesky(cholesky&&) noexcept = default;
cholesky& cholesky::operator=(cholesky&&) noexcept = default;

void cholesky::solve(std::span<double const> b, std::span<double> x) const {
    auto const n = static_cast<std::size_t>(n_rows());
    POISE_REQUIRE(b.size() == n && x.size() == n, "the factor has ", n, " rows, but b has ", b.size(),
                  " entries and x ", x.size());
    implementation_->solve(b, x);
}

index_t cholesky::n_rows() const noexcept { return implementation_->n_rows; }
cholesky_backend cholesky::backend() const noexcept { return implementation_->backend(); }
std::size_t cholesky::n_entries() const noexcept { return implementation_->n_entries(); }
std::size_t cholesky::bytes() const noexcept { return implementation_->bytes(); }

}  // namespace poise::linear
