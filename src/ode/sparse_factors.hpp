// SPDX-License-Identifier: MIT
// Private to src/: LU factors of sparse matrices.
#pragma once

#include "linear/refactored_lu.hpp"

#include <poise/linear/csr.hpp>
#include <poise/ode/detail/shifted_lu.hpp>

#include <cstddef>
#include <vector>

namespace poise::ode::detail {

class sparse_factors final : public shifted_lu<double>::factors {
public:
    explicit sparse_factors(jacobian_matrix const& J);
    bool factor(double shift, jacobian_matrix const& J) override;
    void solve(std::span<double> x) override { lu_.solve(x); }

private:
    linear::csr_matrix A_;
    std::vector<std::size_t> place_;  // of the entries of J, column by column, among those of A
    std::vector<std::size_t> diagonal_;
    linear::detail::refactored_lu lu_;
};

/// As real matrices of twice the size: (a − J) x − b y and b x + (a − J) y are the parts of (a + ib − J)(x + iy), x and
/// y in turns.
class sparse_complex_factors final : public shifted_lu<complex_number>::factors {
public:
    explicit sparse_complex_factors(jacobian_matrix const& J);
    bool factor(complex_number shift, jacobian_matrix const& J) override;
    void solve(std::span<complex_number> x) override;

private:
    linear::csr_matrix A_;
    std::vector<std::size_t> place_, place_below_;
    std::vector<std::size_t> diagonal_;
    std::vector<double> x_;
    linear::detail::refactored_lu lu_;
};

}  // namespace poise::ode::detail
