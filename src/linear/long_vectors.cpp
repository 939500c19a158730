// SPDX-License-Identifier: MIT
#include "linear/long_vectors.hpp"

#include "core/multiversion.hpp"
#include "linear/loop_threads.hpp"

#include <poise/task/parallel_for.hpp>

#include <algorithm>

namespace poise::linear::detail {
namespace {

constexpr std::size_t least_entries_for_threads = 50'000;

POISE_MULTIVERSION void step_block(double alpha, double const* p, double const* q, double* x, double* r,
                                   std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
        x[i] += alpha * p[i];
        r[i] -= alpha * q[i];
    }
}
POISE_MULTIVERSION void turn_block(double beta, double const* z, double* p, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) p[i] = z[i] + beta * p[i];
}
POISE_MULTIVERSION void subtract_block(double const* b, double* r, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) r[i] = b[i] - r[i];
}

// Calls visit(number, first, last) for the blocks of n entries.
template <class Visitor>
void for_each_block(std::size_t n, Visitor const& visit) {
    using poise::detail::reduction_block;
    std::size_t const n_blocks = poise::detail::n_reduction_blocks(n);
    std::size_t const n_chunks = parts_of_loop(n, least_entries_for_threads, task::available_threads());
    task::parallel_for(n_blocks, n_chunks, [&](std::size_t first, std::size_t last) {
        for (std::size_t block = first; block < last; ++block)
            visit(block, block * reduction_block, std::min((block + 1) * reduction_block, n));
    });
}

}  // namespace

template <class Block>
double long_vectors::sum_of_blocks(Block const& block) const {
    for_each_block(
        n_, [&](std::size_t number, std::size_t first, std::size_t last) { sums_[number] = block(first, last); });
    return poise::detail::combine_blocks(sums_.first(poise::detail::n_reduction_blocks(n_)));
}

double long_vectors::dot(std::span<double const> x, std::span<double const> y) const {
    return sum_of_blocks([&](std::size_t first, std::size_t last) {
        return poise::detail::dot_of_block(x.data(), y.data(), first, last);
    });
}

double long_vectors::norm2(std::span<double const> x) const { return poise::detail::norm_by_squares(dot(x, x), x); }

double long_vectors::step_along(double alpha, std::span<double const> p, std::span<double const> q, std::span<double> x,
                                std::span<double> r) const {
    double const squares = sum_of_blocks([&](std::size_t first, std::size_t last) {
        step_block(alpha, p.data(), q.data(), x.data(), r.data(), first, last);
        return poise::detail::dot_of_block(r.data(), r.data(), first, last);
    });
    return poise::detail::norm_by_squares(squares, r);
}

void long_vectors::turn(double beta, std::span<double const> z, std::span<double> p) const {
    for_each_block(n_, [&](std::size_t, std::size_t first, std::size_t last) {
        turn_block(beta, z.data(), p.data(), first, last);
    });
}

double long_vectors::subtract_from(std::span<double const> b, std::span<double> r) const {
    double const squares = sum_of_blocks([&](std::size_t first, std::size_t last) {
        subtract_block(b.data(), r.data(), first, last);
        return poise::detail::dot_of_block(r.data(), r.data(), first, last);
    });
    return poise::detail::norm_by_squares(squares, r);
}

}  // namespace poise::linear::detail
