// SPDX-License-Identifier: MIT
#include "ode/banded_factors.hpp"
#include "ode/dense_factors.hpp"
#include "ode/sparse_factors.hpp"
#include "ode/tridiagonal_factors.hpp"

#include <poise/ode/detail/shifted_lu.hpp>

#include <type_traits>

namespace poise::ode::detail {

template <class Number>
shifted_lu<Number>::shifted_lu(jacobian_matrix const& J) {
    constexpr bool is_real = std::is_same_v<Number, double>;
    using of_dense = std::conditional_t<is_real, dense_factors, dense_complex_factors>;
    using of_sparse = std::conditional_t<is_real, sparse_factors, sparse_complex_factors>;
    if (J.is_dense())
        factors_ = std::make_unique<of_dense>(J.n());
    else if (J.bands() != nullptr && J.bands()->lower == 1 && J.bands()->upper == 1)
        factors_ = std::make_unique<tridiagonal_factors<Number>>(J.n());
    else if (J.bands() != nullptr)
        factors_ = std::make_unique<banded_factors<Number>>(J.n(), *J.bands());
    else
        factors_ = std::make_unique<of_sparse>(J);
}

template class shifted_lu<double>;
template class shifted_lu<complex_number>;

}  // namespace poise::ode::detail
