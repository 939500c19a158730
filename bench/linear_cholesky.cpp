// SPDX-License-Identifier: MIT
// A Cholesky factor used again, on the Laplacian of a square of n × n unknowns: many right-hand sides one by one and in
// blocks, a refactorisation beside a new factor, and an update of rank one.
// Arguments: unknowns along a side (255 511), each measured in rounds (11) by alternating.
#include "alternate.hpp"

#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/nested_dissection.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

using namespace poise;
using namespace poise_bench;

namespace {

constexpr std::ptrdiff_t n_rhs = 100;
constexpr std::size_t n_rounds = 11;

// A spring of stiffness 1/h² between the middle and its neighbour three rows below: one column.
linear::csr_matrix spring(std::ptrdiff_t side) {
    auto const n = static_cast<std::size_t>(side * side);
    std::size_t const middle = n / 2, other = middle + 3 * static_cast<std::size_t>(side);
    linear::csr_matrix C{n, 1, 2};
    for (std::size_t row = 0; row <= n; ++row) C.row_start()[row] = (row > middle) + (row > other);
    C.columns()[0] = C.columns()[1] = 0;
    C.values()[0] = static_cast<double>(side + 1);
    C.values()[1] = -C.values()[0];
    return C;
}

void measure(std::ptrdiff_t side, linear::cholesky_backend backend) {
    std::ptrdiff_t const n = side * side;
    grid::cartesian<2> const box{{.cells = {side, side}}};
    auto const A = linear::neg_laplacian(box, {}), other = linear::neg_laplacian(box, {}, 1.0);
    auto const order = linear::nested_dissection<2>({side, side});
    auto const C = spring(side);
    linear::cholesky_options const options{.backend = backend, .check = linear::input_check::none, .ordering = order};
    linear::cholesky factor{A, options}, changing{A, options};
    std::vector<double> B(static_cast<std::size_t>(n * n_rhs)), X(B.size());
    for (std::size_t i = 0; i < B.size(); ++i) B[i] = std::sin(static_cast<double>(i));
    std::optional<linear::cholesky> anew;

    std::vector<std::function<double()>> bodies{
        [&] {
            return seconds_of([&] {
                for (std::ptrdiff_t k = 0; k < n_rhs; ++k) {
                    auto const at = static_cast<std::size_t>(n * k);
                    factor.solve(std::span{B}.subspan(at, static_cast<std::size_t>(n)),
                                 std::span{X}.subspan(at, static_cast<std::size_t>(n)));
                }
            });
        },
        [&] {
            return seconds_of([&] {
                factor.solve(ndspan<double const, 2>{B.data(), {n, n_rhs}}, ndspan<double, 2>{X.data(), {n, n_rhs}});
            });
        },
        [&] {
            anew.reset();
            return seconds_of([&] { anew.emplace(other, options); });
        },
        [&] { return seconds_of([&] { factor.refactor(other, linear::input_check::none); }); }};
    bool const has_updates = backend == linear::cholesky_backend::cholmod;
    if (has_updates) {
        changing.update(C);  // which makes it L D Lᵀ
        bodies.emplace_back([&] { return seconds_of([&] { changing.update(C, linear::input_check::none); }); });
        bodies.emplace_back([&] { return seconds_of([&] { changing.downdate(C, linear::input_check::none); }); });
    }
    auto const seconds = alternate(bodies, n_rounds);
    std::printf("%4td %-8s", side, to_string(backend));
    for (std::size_t b = 0; b < seconds.size(); ++b)
        std::printf(" %8.2f (%.1f %%)", 1e3 * median(seconds[b]) / (b < 2 ? n_rhs : 1),
                    100 * mad(seconds[b]) / median(seconds[b]));
    std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::ptrdiff_t> sides;
    for (int a = 1; a < argc; ++a) sides.push_back(std::atol(argv[a]));
    if (sides.empty()) sides = {255, 511};
    std::printf("ms, medians (MAD): a solve of %td one by one, in blocks; a new factor, refactor; update, downdate\n",
                n_rhs);
    for (auto const side : sides)
        for (auto const backend : {linear::cholesky_backend::cholmod, linear::cholesky_backend::eigen})
            if (backend == linear::cholesky_backend::eigen || linear::has_cholmod()) measure(side, backend);
}
