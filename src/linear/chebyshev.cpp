// SPDX-License-Identifier: MIT
#include "core/lending_pool.hpp"
#include "core/multiversion.hpp"
#include "linear/largest_eigenvalue.hpp"
#include "linear/preconditioner.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/chebyshev.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

namespace poise::linear {
namespace {

// d = a d + b D⁻¹ r, z += d.
POISE_MULTIVERSION void step(double a, double b, std::size_t n, double const* inverse_diagonal, double const* r,
                             double* d, double* z) {
    for (std::size_t i = 0; i < n; ++i) {
        d[i] = a * d[i] + b * inverse_diagonal[i] * r[i];
        z[i] += d[i];
    }
}

struct work {
    explicit work(std::size_t n) : r(n), d(n) {}
    std::vector<double> r, d;
};

}  // namespace

class chebyshev::implementation {
public:
    implementation(csr_view A, chebyshev_options const& options) : A_{A}, degree_{options.degree} {
        POISE_REQUIRE(options.degree >= 1, "chebyshev: degree is ", options.degree, "; give a number >= 1");
        POISE_REQUIRE(std::isfinite(options.eigenvalue_ratio) && options.eigenvalue_ratio > 1.0,
                      "chebyshev: eigenvalue_ratio is ", options.eigenvalue_ratio, "; give a number > 1");
        detail::require_symmetric_with_positive_diagonal("chebyshev", A);
        inverse_diagonal_ = detail::inverse_diagonal("chebyshev", A);
        largest_ = detail::largest_eigenvalue(A, inverse_diagonal_);
        double const least = largest_ / options.eigenvalue_ratio;
        theta_ = (largest_ + least) / 2.0;
        delta_ = (largest_ - least) / 2.0;
    }

    void operator()(std::span<double const> r, std::span<double> z) const {
        std::size_t const n = inverse_diagonal_.size();
        detail::require_sizes("chebyshev", n, r, z);
        auto const leased = pool_.take([n] { return std::make_unique<work>(n); });
        auto& [r_of_z, d] = *leased;
        std::ranges::fill(z, 0.0);
        std::ranges::fill(d, 0.0);
        step(0.0, 1.0 / theta_, n, inverse_diagonal_.data(), r.data(), d.data(), z.data());
        double const sigma = theta_ / delta_;
        double rho = 1.0 / sigma;
        for (int k = 1; k < degree_; ++k) {
            residual(A_, z, r, r_of_z);
            double const next_rho = 1.0 / (2.0 * sigma - rho);
            step(next_rho * rho, 2.0 * next_rho / delta_, n, inverse_diagonal_.data(), r_of_z.data(), d.data(),
                 z.data());
            rho = next_rho;
        }
    }

    [[nodiscard]] double largest_eigenvalue() const noexcept { return largest_; }

private:
    csr_view A_;
    int degree_;
    std::vector<double> inverse_diagonal_;
    double largest_ = 0.0, theta_ = 0.0, delta_ = 0.0;  // of the eigenvalues to damp, the middle and half the width
    mutable poise::detail::lending_pool<work> pool_;
};

chebyshev::chebyshev(csr_view A, chebyshev_options const& options)
    : implementation_{std::make_unique<implementation>(A, options)} {}
chebyshev::~chebyshev() = default;
chebyshev::chebyshev(chebyshev&&) noexcept = default;
chebyshev& chebyshev::operator=(chebyshev&&) noexcept = default;
void chebyshev::operator()(std::span<double const> r, std::span<double> z) const { (*implementation_)(r, z); }
double chebyshev::largest_eigenvalue() const noexcept { return implementation_->largest_eigenvalue(); }

}  // namespace poise::linear
