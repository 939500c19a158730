// SPDX-License-Identifier: MIT
// Private to src/: LU factors of matrices that change in every step of a solver, and keep their structure.
#pragma once

#include <poise/linear/csr.hpp>

#include <memory>
#include <span>

namespace poise::linear::detail {

/// By KLU where it is built in: pivots are chosen once, and once more where they are no longer any good, so that a
/// factorisation takes the operations of the entries of its factors and allocates nothing. Else by linear::lu, which
/// allocates. Not thread-safe. Source: Davis & Natarajan (2010), ACM TOMS 37, 36.
class refactored_lu {
public:
    refactored_lu();
    ~refactored_lu();
    refactored_lu(refactored_lu&&) noexcept;
    refactored_lu& operator=(refactored_lu&&) noexcept;

    /// A: square, valid, of one structure in all calls; no reference to it is kept. False where it is singular or not
    /// finite, and then there are no factors. Throws not_enough_memory, std::bad_alloc.
    [[nodiscard]] bool factor(csr_view A);
    /// x: in, b; out, A⁻¹ b.
    void solve(std::span<double> x);

private:
    struct factors;
    std::unique_ptr<factors> factors_;
};

}  // namespace poise::linear::detail
