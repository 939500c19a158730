// SPDX-License-Identifier: MIT
#include "profile/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace poise::profile::detail {
namespace {

// P(X = 0), P(X = 1), … of n throws of a fair coin. In logarithms, because 2⁻ⁿ underflows from n = 1075 on; without
// lgamma, which writes to a global.
class fair_coin {
public:
    explicit fair_coin(std::size_t n) : n_{static_cast<double>(n)}, logarithm_{-n_ * std::numbers::ln2} {}
    double next() {
        double const probability = std::exp(logarithm_);
        logarithm_ += std::log((n_ - k_) / (k_ + 1.0));
        k_ += 1.0;
        return probability;
    }

private:
    double n_;
    double logarithm_;
    double k_ = 0.0;
};

}  // namespace

double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1) return *middle;
    return std::midpoint(*std::max_element(values.begin(), middle), *middle);
}

double median_absolute_deviation(std::span<double const> values, double center) {
    std::vector<double> deviations(values.begin(), values.end());
    for (double& value : deviations) value = std::abs(value - center);
    return median(std::move(deviations));
}

double fair_coin_cdf(std::size_t k, std::size_t n) {
    if (k >= n) return 1.0;
    fair_coin throws{n};
    double sum = 0.0;
    for (std::size_t i = 0; i <= k; ++i) sum += throws.next();
    return std::min(sum, 1.0);
}

double sign_test(std::size_t below, std::size_t above) {
    return std::min(1.0, 2.0 * fair_coin_cdf(std::min(below, above), below + above));
}

std::size_t median_rank(std::size_t n, double confidence) {
    // The r-th smallest lies above the median if fewer than r values lie below it.
    double const allowed = (1.0 - confidence) / 2.0;
    fair_coin throws{n};
    double outside = throws.next();
    std::size_t rank = 0;
    while (outside <= allowed && 2 * rank < n) {
        ++rank;
        outside += throws.next();
    }
    return rank;
}

std::size_t least_for_median_interval(double confidence) {
    std::size_t n = 1;
    while (median_rank(n, confidence) == 0) ++n;
    return n;
}

interval median_interval(std::vector<double> values, double confidence) {
    std::ranges::sort(values);
    std::size_t const rank = std::max<std::size_t>(median_rank(values.size(), confidence), 1);
    return {values[rank - 1], values[values.size() - rank]};
}

share_interval wilson_interval(std::uint64_t successes, std::uint64_t n) {
    if (n == 0) return {0.0, 0.0, 1.0};
    constexpr double z = 1.959963984540054;  // Φ(z) = 0.975
    auto const total = static_cast<double>(n);
    double const share = static_cast<double>(successes) / total;
    double const denominator = 1.0 + z * z / total;
    double const center = (share + z * z / (2.0 * total)) / denominator;
    double const half = z / denominator * std::sqrt(share * (1.0 - share) / total + z * z / (4.0 * total * total));
    // Rounding must not leave the share outside of its own interval.
    return {share, successes == 0 ? 0.0 : std::clamp(center - half, 0.0, share),
            successes == n ? 1.0 : std::clamp(center + half, share, 1.0)};
}

}  // namespace poise::profile::detail
