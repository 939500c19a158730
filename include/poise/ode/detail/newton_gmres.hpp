// SPDX-License-Identifier: MIT
// Private to ode: the systems of Newton's iteration, by products alone.
#pragma once

#include <poise/linear/krylov.hpp>
#include <poise/ode/jacobian_structure.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace poise::ode::detail {

/// One cycle of flexible GMRES for (shift·I − J) x = b, preconditioned from the right. linear::gmres computes the
/// residual at the end, a call of f, to be sure; here the next iteration of Newton's computes one that says more.
/// Source: Brown & Hindmarsh (1989), Appl. Math. Comput. 31, 40; Saad (1993), SIAM J. Sci. Comput. 14, 461, Alg. 2.2.
class newton_gmres {
public:
    enum class outcome {
        solved,
        reduced,  ///< not to the tolerance, but to a tenth of what it was: enough to go on with, not to end
        too_slow,
        not_finite
    };

    /// Throws std::invalid_argument where no product is allowed.
    newton_gmres(matrix_free how, std::size_t n);

    /// Tells the preconditioner where it is.
    void prepare(double t, std::span<double const> y, double shift);
    /// Whether it was told long ago, as the number of products says.
    [[nodiscard]] bool is_stale() const noexcept { return n_last_ > 2 * n_fresh_ + 2; }

    /// x: in, b; out, the solution, also where that was too slow. weights: of each component, positive. Ends where the
    /// residual, divided by shift and the weights, has a root of the mean square of at most `tolerance`.
    [[nodiscard]] outcome solve(double shift, std::span<double const> weights, double tolerance, linear::map_view J,
                                std::span<double> x);
    /// Of all systems so far.
    [[nodiscard]] std::size_t n_products() const noexcept { return n_products_; }

private:
    void multiply(linear::map_view J, double shift, std::span<double const> weights, std::size_t j);
    [[nodiscard]] double orthogonalise(std::size_t j);
    /// False where the column depends on those before it: the matrix is singular, as far as can be told.
    [[nodiscard]] bool rotate(std::size_t j, double h, double& g);
    void combine(std::size_t n_columns, std::span<double const> weights, std::span<double> x);

    [[nodiscard]] std::span<double> v(std::size_t j) { return workspace_.vector(2 + 2 * j, n_); }
    [[nodiscard]] std::span<double> z(std::size_t j) {
        return how_.precondition ? workspace_.vector(3 + 2 * j, n_) : v(j);
    }
    // Column j of R, by columns of most + 1 numbers.
    [[nodiscard]] std::span<double> column(std::size_t j) {
        return std::span{R_}.subspan(j * (how_.most_products + 1), how_.most_products + 1);
    }

    matrix_free how_;
    std::size_t n_;
    linear::krylov_workspace workspace_;
    std::vector<double> R_, cosine_, sine_, g_;
    std::size_t n_products_ = 0, n_last_ = 0, n_fresh_ = std::numeric_limits<std::size_t>::max() / 4;
    double whole_ = 0.0;  ///< the length of the last product
    bool is_fresh_ = false;
};

}  // namespace poise::ode::detail
