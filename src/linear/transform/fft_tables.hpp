// SPDX-License-Identifier: MIT
// Private to src/linear: the tables that a complex Fourier transform reads.
#pragma once

#include "linear/transform/plan.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// e^{2πi numerator/denominator}, to the last bit or nearly: the angle is brought into one eighth of a turn first.
[[nodiscard]] std::complex<double> root_of_unity(std::int64_t numerator, std::int64_t denominator);

/// Owns what plans point to; movable, its addresses stay.
class plan_memory {
public:
    /// Memory for n numbers, zeros.
    [[nodiscard]] std::span<double> doubles(std::size_t n) { return doubles_.emplace_back(n); }
    [[nodiscard]] std::span<std::int32_t> positions(std::size_t n) { return positions_.emplace_back(n); }
    [[nodiscard]] std::span<trig_pass> passes(std::size_t n) { return passes_.emplace_back(n); }

    /// A plan of length n >= 1, any.
    [[nodiscard]] fft_plan plan_fft(int n);

    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    fft_plan plan_smooth(int n, std::span<int const> radices);
    fft_plan plan_bluestein(int n);

    std::deque<std::vector<double>> doubles_;
    std::deque<std::vector<std::int32_t>> positions_;
    std::deque<std::vector<trig_pass>> passes_;
    std::deque<std::vector<fft_stage>> stages_;
    std::deque<bluestein_plan> bluestein_;
};

}  // namespace poise::linear::detail
