// SPDX-License-Identifier: MIT
#include "linear/refactored_lu.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>
#include <poise/core/reductions.hpp>

#include <klu.h>

#include <type_traits>

namespace poise::linear::detail {
namespace {

static_assert(std::is_same_v<index_t, int>);

// Pivots that let entries grow by more than a thousand are chosen anew.
constexpr double least_pivot_growth = 1e-3;
// As of UMFPACK; KLU's own, 0.001, keeps to the diagonal at the price of digits.
constexpr double pivot_tolerance = 0.1;

}  // namespace

// KLU factors columns; those of Aᵀ are the rows of A. It does not write to the structure, but its interface is of C.
struct refactored_lu::factors {
    factors() {
        klu_defaults(&common);
        common.tol = pivot_tolerance;
    }
    ~factors() {
        klu_free_numeric(&numeric, &common);
        klu_free_symbolic(&symbolic, &common);
    }
    factors(factors const&) = delete;
    factors& operator=(factors const&) = delete;

    [[nodiscard]] static int* indices(std::span<index_t const> of) noexcept { return const_cast<int*>(of.data()); }
    [[nodiscard]] static double* numbers(csr_view const& A) noexcept { return const_cast<double*>(A.values.data()); }

    void require_memory(char const* step, csr_view const& A) const {
        if (common.status == KLU_OUT_OF_MEMORY)
            throw not_enough_memory{concat("the LU factors of ", A.n_rows, " unknowns"), common.memusage,
                                    available_memory_bytes()};
        if (common.status != KLU_OK && common.status != KLU_SINGULAR)
            throw error{concat("KLU failed in ", step, " with status ", common.status)};
    }
    // False where the structure alone makes it singular.
    [[nodiscard]] bool analyse(csr_view const& A) {
        if (symbolic != nullptr) return true;
        symbolic = klu_analyze(A.n_rows, indices(A.row_start), indices(A.columns), &common);
        require_memory("the analysis", A);
        return symbolic != nullptr;
    }
    [[nodiscard]] bool choose_pivots(csr_view const& A) {
        klu_free_numeric(&numeric, &common);
        numeric = klu_factor(indices(A.row_start), indices(A.columns), numbers(A), symbolic, &common);
        require_memory("the factorisation", A);
        if (numeric != nullptr && common.status == KLU_OK) return true;
        klu_free_numeric(&numeric, &common);
        return false;
    }
    // False where the pivots are no good for these values.
    [[nodiscard]] bool keep_pivots(csr_view const& A) {
        if (numeric == nullptr) return false;
        bool const is_regular =
            klu_refactor(indices(A.row_start), indices(A.columns), numbers(A), symbolic, numeric, &common) != 0 &&
            common.status == KLU_OK;
        if (!is_regular) return false;
        (void)klu_rgrowth(indices(A.row_start), indices(A.columns), numbers(A), symbolic, numeric, &common);
        return common.rgrowth >= least_pivot_growth;
    }

    klu_common common{};
    klu_symbolic* symbolic = nullptr;
    klu_numeric* numeric = nullptr;
    index_t n = 0;
};

refactored_lu::refactored_lu() : factors_{std::make_unique<factors>()} {}
refactored_lu::~refactored_lu() = default;
refactored_lu::refactored_lu(refactored_lu&&) noexcept = default;
refactored_lu& refactored_lu::operator=(refactored_lu&&) noexcept = default;

bool refactored_lu::factor(csr_view A) {
    factors_->n = A.n_rows;
    if (A.n_rows == 0) return true;
    if (first_not_finite(A.values) || !factors_->analyse(A)) return false;
    return factors_->keep_pivots(A) || factors_->choose_pivots(A);
}

void refactored_lu::solve(std::span<double> x) {
    if (factors_->n == 0) return;
    (void)klu_tsolve(factors_->symbolic, factors_->numeric, factors_->n, 1, x.data(), &factors_->common);
}

}  // namespace poise::linear::detail
