// SPDX-License-Identifier: MIT
// Private to ode: LU factors of shift·I − J of a long state, by the structure of J.
#pragma once

#include <poise/ode/detail/complex_number.hpp>
#include <poise/ode/detail/jacobian_matrix.hpp>

#include <memory>
#include <span>

namespace poise::ode::detail {

/// Number: double or complex_number, that of the shift. Dense and banded factors allocate in the constructor alone.
template <class Number>
class shifted_lu {
public:
    explicit shifted_lu(jacobian_matrix const& J);

    /// J has the structure of the constructor's. False where a pivot is 0 or not finite.
    [[nodiscard]] bool factor(Number shift, jacobian_matrix const& J) { return factors_->factor(shift, J); }
    /// x: in, the right-hand side; the solution.
    void solve(std::span<Number> x) { factors_->solve(x); }

    struct factors {
        virtual ~factors() = default;
        virtual bool factor(Number shift, jacobian_matrix const& J) = 0;
        virtual void solve(std::span<Number> x) = 0;
    };

private:
    std::unique_ptr<factors> factors_;
};

}  // namespace poise::ode::detail
