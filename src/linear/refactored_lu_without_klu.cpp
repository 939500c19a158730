// SPDX-License-Identifier: MIT
#include "linear/refactored_lu.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/lu.hpp>

#include <optional>

namespace poise::linear::detail {

struct refactored_lu::factors {
    std::optional<lu> of;
};

refactored_lu::refactored_lu() : factors_{std::make_unique<factors>()} {}
refactored_lu::~refactored_lu() = default;
refactored_lu::refactored_lu(refactored_lu&&) noexcept = default;
refactored_lu& refactored_lu::operator=(refactored_lu&&) noexcept = default;

bool refactored_lu::factor(csr_view A) {
    if (first_not_finite(A.values)) return false;
    try {
        if (factors_->of)
            factors_->of->refactor(A, input_check::none);
        else
            factors_->of.emplace(A, lu_options{.check = input_check::none});
    } catch (singular_matrix const&) {
        return false;
    }
    return true;
}

void refactored_lu::solve(std::span<double> x) { factors_->of->solve(x, x); }

}  // namespace poise::linear::detail
