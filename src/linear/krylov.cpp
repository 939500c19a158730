// SPDX-License-Identifier: MIT
#include "linear/preconditioner.hpp"

#include <poise/linear/krylov.hpp>

#include <algorithm>
#include <functional>

namespace poise::linear {

void map_view::operator()(std::span<double const> x, std::span<double> y) const {
    if (is_identity())
        std::ranges::copy(x, y.begin());
    else
        call_(object_, x, y);
}

jacobi::jacobi(csr_view A) {
    require_valid(A);
    inverse_ = detail::inverse_diagonal("jacobi", A);
}

jacobi::jacobi(std::span<double const> diagonal) : inverse_(diagonal.size()) {
    for (std::size_t row = 0; row < diagonal.size(); ++row) {
        detail::require_invertible("jacobi", row, &diagonal[row]);
        inverse_[row] = 1.0 / diagonal[row];
    }
}

void jacobi::operator()(std::span<double const> r, std::span<double> z) const {
    detail::require_sizes("jacobi", inverse_.size(), r, z);
    std::ranges::transform(r, inverse_, z.begin(), std::multiplies{});
}

std::span<double> krylov_workspace::vector(std::size_t number, std::size_t n) {
    if (vectors_.size() <= number) vectors_.resize(number + 1);
    if (vectors_[number].size() < n) vectors_[number].resize(n);
    return std::span{vectors_[number]}.first(n);
}

}  // namespace poise::linear
