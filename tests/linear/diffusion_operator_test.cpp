// SPDX-License-Identifier: MIT
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/linear/cg.hpp>
#include <poise/linear/diffusion_operator.hpp>
#include <poise/linear/minres.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/operator_cache.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace poise;
using linear::coefficient_values;
using linear::multigrid_nullspace;
using linear::preparation;
using poise_test::message_of;
using poise_test::random_vector;

namespace {

constexpr auto D = grid::condition_kind::dirichlet, N = grid::condition_kind::neumann, R = grid::condition_kind::robin;
grid::cartesian<2> const square{{.cells = {30, 20}}};

std::shared_ptr<coefficient_values const> values(double kappa = 2.0, double sigma = 0.5,
                                                 std::vector<double> robin = {}) {
    std::vector<double> k(square.size(), 1.0), s(square.size(), sigma);
    k[77] = kappa;
    return std::make_shared<coefficient_values const>(std::move(k), std::move(s), std::move(robin));
}

}  // namespace

TEST(CoefficientValues, AreComparedBitForBit) {
    EXPECT_EQ(*values(), *values());
    EXPECT_EQ(values()->hash(), values()->hash());
    EXPECT_NE(*values(2.0), *values(std::nextafter(2.0, 3.0)));
    EXPECT_NE(*values(2.0, 0.5), *values(2.0, 0.25));
    EXPECT_NE(*values(2.0, 0.5), *values(2.0, 0.5, std::vector<double>(square.size(), 0.0)));
    EXPECT_EQ(values()->bytes(), 2 * square.size() * sizeof(double));
}

// One value changed anywhere, and two exchanged, change the hash: none is left out, and their order counts.
TEST(CoefficientValues, AreHashedOneByOne) {
    std::set<std::size_t> seen;
    for (std::size_t n : {1U, 3U, 4U, 5U, 9U}) {
        std::vector<double> x(n);
        for (std::size_t i = 0; i < n; ++i) x[i] = 1.0 + static_cast<double>(i);
        std::size_t n_made = seen.size();
        auto const add = [&](std::vector<double> const& v) {
            seen.insert(coefficient_values{v, {}, {}}.hash());
            seen.insert(coefficient_values{{}, v, {}}.hash());
            seen.insert(coefficient_values{{}, {}, v}.hash());
            n_made += 3;
        };
        add(x);
        for (std::size_t i = 0; i < n; ++i) {
            auto changed = x;
            changed[i] = -changed[i];
            add(changed);
            for (std::size_t j = 0; j < i; ++j) {
                auto exchanged = x;
                std::swap(exchanged[i], exchanged[j]);
                add(exchanged);
            }
        }
        EXPECT_EQ(seen.size(), n_made) << n;
    }
}

TEST(DiffusionOperator, HoldsTheMatrixAndWhatIsAskedFor) {
    std::vector<double> robin(square.size());
    robin[5] = 3.0;
    auto const v = values(2.0, 0.5, robin);
    auto expected = linear::neg_diffusion<2>(square, {D, N, N, N}, v->kappa(), v->sigma());
    expected.diagonal()[5] += 3.0;
    auto const b = random_vector(square.size());
    for (auto const prepare : {preparation::nothing, preparation::multigrid, preparation::factor, preparation::lu}) {
        linear::diffusion_operator<2> const op{square, {D, N, N, R}, *v, {.prepare = prepare}};
        EXPECT_TRUE(std::ranges::equal(op.A.diagonal(), expected.diagonal()));
        EXPECT_EQ(op.hierarchy.has_value(), prepare == preparation::multigrid);
        EXPECT_EQ(op.factor.has_value(), prepare == preparation::factor);
        EXPECT_EQ(op.lu_factors.has_value(), prepare == preparation::lu);
        EXPECT_EQ(op.matrix.has_value(), prepare == preparation::factor || prepare == preparation::lu);
        EXPECT_GE(op.bytes(), op.A.bytes());
        EXPECT_EQ(op.bytes() == op.A.bytes(), prepare == preparation::nothing);
        std::vector<double> x(b.size()), Ax(b.size());
        if (op.factor) op.factor->solve(b, x);
        if (op.lu_factors) op.lu_factors->solve(b, x);
        if (op.hierarchy) linear::cg(op.A, b, x, {.rtol = 1e-13}, *op.hierarchy).or_throw();
        if (prepare == preparation::nothing) continue;
        op.A(x, Ax);
        for (std::size_t i = 0; i < b.size(); ++i) EXPECT_NEAR(Ax[i], b[i], 1e-11);
    }
}

TEST(DiffusionOperator, IsKeptByTheValuesOfItsCoefficients) {
    linear::operator_cache cache;
    grid::condition_kinds<2> const kinds{D, N, N, N}, with_robin{D, N, N, R};
    auto const first = cache.get_diffusion(square, kinds, values());
    EXPECT_FALSE(first.reused);
    auto const again = cache.get_diffusion(square, kinds, values());
    EXPECT_TRUE(again.reused);
    EXPECT_EQ(again.op, first.op);
    EXPECT_EQ(cache.statistics().bytes, first.op->bytes() + values()->bytes());

    std::set<void const*> seen{first.op.get()};
    auto const add = [&](auto const& grid, auto const& k, auto const& v, linear::diffusion_operator_options const& o) {
        seen.insert(cache.get_diffusion(grid, k, v, o).op.get());
    };
    using enum linear::cholesky_backend;
    add(square, kinds, values(3.0), {});
    add(square, kinds, values(2.0, 0.25), {});
    add(square, with_robin, values(2.0, 0.5, std::vector<double>(square.size(), 1.0)), {});
    add(square, grid::condition_kinds<2>{N, D, N, N}, values(), {});
    add(grid::cartesian<2>{{.upper = {2.0, 1.0}, .cells = {30, 20}}}, kinds, values(), {});
    add(grid::cartesian<2>{{.cells = {20, 30}}}, kinds, values(), {});
    add(square, kinds, values(), {.nullspace = multigrid_nullspace::nothing});
    add(square, kinds, values(), {.prepare = preparation::nothing});
    add(square, kinds, values(), {.prepare = preparation::factor, .backend = eigen});
    add(square, kinds, values(), {.prepare = preparation::lu, .lu_backend = linear::lu_backend::eigen});
    EXPECT_EQ(seen.size(), 11U);
    // What a factor does not depend on does not tell two apart.
    add(square, kinds, values(),
        {.prepare = preparation::factor, .nullspace = multigrid_nullspace::nothing, .backend = eigen});
    add(square, kinds, values(),
        {.prepare = preparation::lu,
         .nullspace = multigrid_nullspace::nothing,
         .backend = eigen,
         .lu_backend = linear::lu_backend::eigen});
    EXPECT_EQ(seen.size(), 11U);
    // A matrix of numbers is another operator than one of values, though both are factored.
    (void)cache.get(square, kinds, 0.0, eigen);
    EXPECT_EQ(cache.statistics().entries, 12U);
    if (!linear::has_umfpack()) return;
    add(square, kinds, values(), {.prepare = preparation::lu, .lu_backend = linear::lu_backend::umfpack});
    EXPECT_EQ(seen.size(), 12U);
    add(square, kinds, values(), {.prepare = preparation::lu});  // the same by another name
    EXPECT_EQ(seen.size(), 12U);
}

// By either backend: another way to the same x as MINRES's, for σ of both signs.
TEST(DiffusionOperator, FactorsAnIndefiniteMatrix) {
    auto mixed = std::vector<double>(square.size());
    for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = i % 3 == 0 ? -90.0 : 30.0;
    coefficient_values const v{std::vector<double>(square.size(), 1.0), mixed, {}};
    auto const b = random_vector(square.size());
    std::vector<double> expected(b.size());
    for (auto const backend : {linear::lu_backend::automatic, linear::lu_backend::eigen}) {
        linear::diffusion_operator<2> const op{
            square, {N, N, N, N}, v, {.prepare = preparation::lu, .lu_backend = backend}};
        linear::minres(op.A, b, expected, {.rtol = 1e-12, .max_iterations = 10'000}).or_throw();
        std::vector<double> x(b.size());
        op.lu_factors->solve(b, x);
        // Both residuals are below 1e-12 ‖b‖, and x differs by that over the smallest eigenvalue, about 1e-4 ‖A‖ = 1.
        for (std::size_t i = 0; i < b.size(); ++i) EXPECT_NEAR(x[i], expected[i], 1e-10);
        EXPECT_GT(op.lu_factors->rcond(), 1e-5);
    }
}

TEST(DiffusionOperator, IsDroppedBeyondTheBytesOfTheCache) {
    linear::diffusion_operator_options const by_lu{.prepare = preparation::lu};
    auto const sized = [&](linear::operator_cache& cache, double sigma) {
        return cache.get_diffusion<2>(square, {D, N, N, N}, values(2.0, sigma), by_lu);
    };
    linear::operator_cache measured;
    (void)sized(measured, -1.0);
    std::size_t const one = measured.statistics().bytes;
    EXPECT_GT(one, square.size() * (3 + 2 + 5) * sizeof(double));  // A, its coefficients and rows, and factors yet
    linear::operator_cache cache{{.max_bytes = 2 * one + one / 2}};
    for (double const sigma : {-1.0, -2.0, -1.0, -3.0}) (void)sized(cache, sigma);
    auto const s = cache.statistics();
    EXPECT_EQ(s.hits, 1U);
    EXPECT_EQ(s.misses, 3U);
    EXPECT_EQ(s.evictions, 1U);
    EXPECT_LE(s.bytes, 2 * one + one / 2);
    EXPECT_TRUE(sized(cache, -1.0).reused);
    EXPECT_FALSE(sized(cache, -2.0).reused);
}

TEST(DiffusionOperator, IsFactoredOnceForManyThreads) {
    linear::operator_cache cache;
    std::vector<std::shared_ptr<linear::diffusion_operator<2> const>> got(8);
    {
        std::vector<std::jthread> threads;
        for (auto& op : got)
            threads.emplace_back([&] {
                op = cache.get_diffusion<2>(square, {D, N, N, N}, values(2.0, -80.0), {.prepare = preparation::lu}).op;
            });
    }
    for (auto const& op : got) EXPECT_EQ(op, got.front());
    EXPECT_EQ(cache.statistics().misses, 1U);
    EXPECT_EQ(cache.statistics().hits, 7U);
}

TEST(DiffusionOperator, IsBuiltOnceForManyThreads) {
    linear::operator_cache cache;
    std::vector<std::shared_ptr<linear::diffusion_operator<2> const>> got(8);
    {
        std::vector<std::jthread> threads;
        for (auto& op : got)
            threads.emplace_back([&] { op = cache.get_diffusion<2>(square, {D, N, N, N}, values()).op; });
    }
    for (auto const& op : got) EXPECT_EQ(op, got.front());
    EXPECT_EQ(cache.statistics().misses, 1U);
}

TEST(DiffusionOperator, RefusesWhatItsPartsRefuse) {
    linear::operator_cache cache;
    auto const said = [&](auto const& v) {
        return message_of<std::invalid_argument>([&] { (void)cache.get_diffusion<2>(square, {D, N, N, N}, v); });
    };
    EXPECT_NE(said(values(-1.0)).find("kappa is -1 at "), std::string::npos);
    EXPECT_EQ(said(values(1.0, -2.0)),
              "sigma is -2 at (0.0166667, 0.025); multigrid needs sigma >= 0: prepare an LU factorisation");
    EXPECT_EQ(
        message_of<std::invalid_argument>([&] {
            (void)cache.get_diffusion<2>(square, {D, N, N, N}, values(1.0, -2.0), {.prepare = preparation::factor});
        }),
        "sigma is -2 at (0.0166667, 0.025); a Cholesky factorisation needs sigma >= 0: prepare an LU "
        "factorisation");
    EXPECT_EQ(said(std::make_shared<coefficient_values const>(std::vector<double>(3, 1.0), std::vector<double>(3),
                                                              std::vector<double>{})),
              "kappa has 3 values, the grid 600 points; one for each, or one for each in every direction");
    EXPECT_EQ(said(values(1.0, 0.0, {1.0})), "robin has 1 values; on this grid with no Robin side there are 0");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)cache.get_diffusion<2>(square, {D, N, N, R}, values());
              }),
              "robin has 0 values; on this grid with a Robin side there are 600");
    std::vector<double> bad(square.size());
    bad[7] = -1.0;
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)cache.get_diffusion<2>(square, {D, N, N, R}, values(1.0, 0.0, bad));
              }),
              "robin is -1 at unknown 7; it must be finite and not negative");
    EXPECT_EQ(cache.statistics().entries, 0U);
}
