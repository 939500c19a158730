// SPDX-License-Identifier: MIT
#include "linear/separable/device_axes.hpp"

namespace poise::linear::detail {

poise::detail::device_axis to_device_axis(axis_operator const& axis) {
    poise::detail::device_axis made;
    made.is_periodic = axis.is_periodic;
    made.share = axis.mass;
    for (std::ptrdiff_t i = 0; i < axis.n(); ++i) {
        auto const at = static_cast<std::size_t>(i);
        made.below.push_back(axis.coupling_below(i) / axis.mass[at]);
        made.above.push_back(axis.coupling_above(i) / axis.mass[at]);
        made.excess.push_back(axis.excess[at] / axis.mass[at]);
    }
    return made;
}

void put_transfer(axis_transfer const& transfer, poise::detail::device_axis& to) {
    to.is_halved = true;
    to.first = transfer.first;
    to.from_below = transfer.from_below;
    to.from_above = transfer.from_above;
    to.of_below = transfer.of_below;
    to.of_middle = transfer.of_middle;
    to.of_above = transfer.of_above;
}

std::vector<double> by_rows(Eigen::MatrixXd const& matrix) {
    std::vector<double> numbers;
    for (Eigen::Index i = 0; i < matrix.rows(); ++i)
        for (Eigen::Index j = 0; j < matrix.cols(); ++j) numbers.push_back(matrix(i, j));
    return numbers;
}

}  // namespace poise::linear::detail
