// SPDX-License-Identifier: MIT
// Private to src/: LU factors of dense matrices, in place; partial pivoting.
#pragma once

#include <poise/ode/detail/dense_lu.hpp>
#include <poise/ode/detail/shifted_lu.hpp>

#include <cstddef>
#include <vector>

namespace poise::ode::detail {

class dense_factors final : public shifted_lu<double>::factors {
public:
    explicit dense_factors(std::size_t n) : lu_{n} {}
    bool factor(double shift, jacobian_matrix const& J) override;
    void solve(std::span<double> x) override { lu_.solve(x); }

private:
    large_lu lu_;
};

/// Real and imaginary parts apart, so that loops over them are a processor's vectors.
class dense_complex_factors final : public shifted_lu<complex_number>::factors {
public:
    explicit dense_complex_factors(std::size_t n)
        : n_{n}, re_(n * n), im_(n * n), x_re_(n), x_im_(n), inverses_(n), pivots_(n) {}
    bool factor(complex_number shift, jacobian_matrix const& J) override;
    void solve(std::span<complex_number> x) override;

private:
    std::size_t n_;
    std::vector<double> re_, im_, x_re_, x_im_;
    std::vector<complex_number> inverses_;
    std::vector<std::size_t> pivots_;
};

}  // namespace poise::ode::detail
