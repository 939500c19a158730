// SPDX-License-Identifier: MIT
#include "linear/transform/fft_tables.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

namespace poise::linear::detail {
namespace {

// Those that fft_stage_blocks() has; empty when n has a prime factor that no butterfly is written for.
std::vector<int> radices_of(int n) {
    std::vector<int> radices;
    for (int const radix : {13, 11, 7, 5, 3})
        for (; n % radix == 0; n /= radix) radices.push_back(radix);
    for (; n % 16 == 0 || n == 4; n /= 4) radices.push_back(4);
    if (n == 8 || n == 2) {
        radices.push_back(n);
        n = 1;
    }
    return n == 1 ? radices : std::vector<int>{};
}

// The frequency k = m + radix k' of a block is in its m-th part, at the place of k' there.
void set_positions(std::span<int const> radices, std::span<std::int32_t> position) {
    position[0] = 0;
    std::int64_t known = 1;
    for (std::size_t s = radices.size(); s-- > 0;) {
        int const radix = radices[s];
        std::vector<std::int32_t> const inner(position.begin(), position.begin() + known);
        for (std::int64_t k = 0; k < known; ++k)
            for (int m = 0; m < radix; ++m)
                position[static_cast<std::size_t>(m + radix * k)] =
                    static_cast<std::int32_t>(m * known + inner[static_cast<std::size_t>(k)]);
        known *= radix;
    }
}

// For the table of a Bluestein transform alone: by the plan, one transform instead of as many as lanes.
void transform(std::span<std::complex<double>> z, fft_plan const& plan) {
    for (fft_stage const& stage : std::span{plan.stages, static_cast<std::size_t>(plan.n_stages)}) {
        int const radix = stage.radix, stride = stage.length / radix;
        std::array<std::complex<double>, 8> roots;
        for (int m = 0; m < radix; ++m) roots[static_cast<std::size_t>(m)] = root_of_unity(-m, radix);
        for (int first = 0; first < plan.n; first += stage.length)
            for (int j = 0; j < stride; ++j) {
                std::array<std::complex<double>, 8> in{};
                for (int q = 0; q < radix; ++q)
                    in[static_cast<std::size_t>(q)] = z[static_cast<std::size_t>(first + j + q * stride)];
                for (int m = 0; m < radix; ++m) {
                    std::complex<double> sum = 0.0;
                    for (int q = 0; q < radix; ++q)
                        sum += in[static_cast<std::size_t>(q)] * roots[static_cast<std::size_t>(q * m % radix)];
                    if (j > 0 && m > 0) {  // the first butterfly and the first output have none
                        double const* const w = stage.twiddles + 2 * ((j - 1) * (radix - 1) + m - 1);
                        sum *= std::complex{w[0], w[1]};
                    }
                    z[static_cast<std::size_t>(first + j + m * stride)] = sum;
                }
            }
    }
}

}  // namespace

std::complex<double> root_of_unity(std::int64_t numerator, std::int64_t denominator) {
    std::int64_t turn = numerator % denominator;
    if (turn < 0) turn += denominator;
    // Eighths of the turn, counted from 0: the angle is an eighth's boundary plus or minus what is left.
    std::int64_t const eighth = 8 * turn / denominator;
    std::int64_t const quarter = (eighth + 1) / 2;
    double const left = static_cast<double>(4 * turn - quarter * denominator) / static_cast<double>(denominator);
    double const angle = left * (std::numbers::pi / 2.0);
    double const c = std::cos(angle), s = std::sin(angle);
    switch (quarter % 4) {
        case 0:
            return {c, s};
        case 1:
            return {-s, c};
        case 2:
            return {-c, -s};
        default:
            return {s, -c};
    }
}

fft_plan plan_memory::plan_fft(int n) {
    auto const radices = radices_of(n);
    return radices.empty() && n > 1 ? plan_bluestein(n) : plan_smooth(n, radices);
}

fft_plan plan_memory::plan_smooth(int n, std::span<int const> radices) {
    auto const position = positions(static_cast<std::size_t>(n));
    set_positions(radices, position);
    auto& stages = stages_.emplace_back();
    int length = n;
    for (int const radix : radices) {
        int const stride = length / radix;
        auto const twiddles = doubles(static_cast<std::size_t>(2 * (radix - 1) * (stride - 1)));
        std::size_t at = 0;
        for (int j = 1; j < stride; ++j)
            for (int m = 1; m < radix; ++m) {
                auto const w = root_of_unity(-std::int64_t{j} * m, length);
                twiddles[at++] = w.real();
                twiddles[at++] = w.imag();
            }
        stages.push_back({radix, length, twiddles.data()});
        length = stride;
    }
    return {.n = n,
            .n_stages = static_cast<int>(stages.size()),
            .stages = stages.data(),
            .position = position.data(),
            .bluestein = nullptr,
            .workspace = n};
}

fft_plan plan_memory::plan_bluestein(int n) {
    int const padded = static_cast<int>(std::bit_ceil(static_cast<unsigned>(2 * n - 1)));
    auto const position = positions(static_cast<std::size_t>(n));
    std::iota(position.begin(), position.end(), 0);
    auto& plan = bluestein_.emplace_back();
    plan.padded = plan_smooth(padded, radices_of(padded));

    auto const chirp = doubles(static_cast<std::size_t>(2 * n));
    std::vector<std::complex<double>> mirrored(static_cast<std::size_t>(padded));
    for (std::int64_t j = 0; j < n; ++j) {
        auto const w = root_of_unity(-(j * j), 2 * n);
        chirp[static_cast<std::size_t>(2 * j)] = w.real();
        chirp[static_cast<std::size_t>(2 * j + 1)] = w.imag();
        mirrored[static_cast<std::size_t>(j)] = std::conj(w);
        mirrored[static_cast<std::size_t>((padded - j) % padded)] = std::conj(w);
    }
    transform(mirrored, plan.padded);
    auto const kernel = doubles(static_cast<std::size_t>(2 * padded));
    for (std::size_t slot = 0; slot < mirrored.size(); ++slot) {
        kernel[2 * slot] = mirrored[slot].real() / padded;
        kernel[2 * slot + 1] = mirrored[slot].imag() / padded;
    }
    plan.chirp = chirp.data();
    plan.kernel = kernel.data();
    return {.n = n,
            .n_stages = 0,
            .stages = nullptr,
            .position = position.data(),
            .bluestein = &plan,
            .workspace = 2 * padded};
}

std::size_t plan_memory::bytes() const noexcept {
    std::size_t total = 0;
    for (auto const& table : doubles_) total += table.size() * sizeof(double);
    for (auto const& table : positions_) total += table.size() * sizeof(std::int32_t);
    return total;
}

}  // namespace poise::linear::detail
