// SPDX-License-Identifier: MIT
// Every allocation of what solves without a factor fails, once and from then on: no crash, no leak, and what was there
// before gives the same answer afterwards.
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "support/failing_allocations.hpp"

#include <poise/linear.hpp>
#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace poise;
using grid::condition_kind;
using poise_test::everywhere;
using poise_test::fail_each_allocation;
using poise_test::failure;
using poise_test::leftovers;
using poise_test::random_vector;

namespace {

grid::cartesian<2> const plane{{.cells = {37, 30}}};
grid::cartesian<3> const box{{.cells = {9, 10, 11}}};

class SolverAllocationFailure : public testing::TestWithParam<failure> {
protected:
    // act(x) from the start, and nothing is left of it.
    template <class Act>
    void from_scratch(std::size_t n, Act const& act, int least_failures = 2) {
        std::vector<double> x(n);
        act(x);  // what is allocated once and kept by the program
        fail_each_allocation(
            GetParam(),
            [&] {
                std::ranges::fill(x, 0.0);
                act(x);
            },
            [] {}, least_failures);
    }
    // make() -> an object, solve(object, x): failures of its first solves leave it as good as new.
    template <class Make, class Solve>
    void of_solves(std::size_t n, Make const& make, Solve const& solve, int least_failures = 1) {
        std::vector<double> expected(n, 0.0), x(n);
        solve(make(), expected);
        auto const check = [&](auto const& object) {
            std::ranges::fill(x, 0.0);
            solve(object, x);
            EXPECT_EQ(x, expected);
        };
        // Workspaces that one solve leaves spare the next one its allocations: an object for each failure.
        fail_each_allocation(
            GetParam(),
            [&] {
                long const planned = poise_test::failures.n_until_failure;
                poise_test::failures.n_until_failure = -1;
                auto const object = make();
                poise_test::failures.n_until_failure = planned;
                try {
                    solve(object, x);
                } catch (std::bad_alloc const&) {
                    poise_test::failures.n_until_failure = -1;
                    check(object);
                    throw;
                }
            },
            [] {}, least_failures);
    }

    std::vector<double> b = random_vector(plane.size());
    std::vector<double> b3 = random_vector(box.size());
    linear::csr_matrix A = linear::neg_laplacian(plane, {});

    linear::stencil_matrix<2> jumping() const {
        std::vector<double> kappa(plane.size());
        std::vector<double> const sigma(plane.size(), 0.0);
        for (std::size_t i = 0; i < kappa.size(); ++i) kappa[i] = i % 37 / 5 % 2 != 0 ? 1e4 : 1.0;
        return linear::neg_diffusion(plane, everywhere<2>(condition_kind::dirichlet), std::span<double const>{kappa},
                                     std::span<double const>{sigma});
    }
};

constexpr linear::fast_transform_options transform_on_one_thread{.max_threads = 1};
linear::laplacian_multigrid_solve_options const cycles_on_one_thread{.max_threads = 1};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Cases, SolverAllocationFailure, testing::Values(failure::once, failure::lasting),
                         [](auto const& instance) {
                             return std::string{instance.param == failure::once ? "Once" : "Lasting"};
                         });

TEST_P(SolverAllocationFailure, OfMatrices) {
    from_scratch(b.size(), [&](auto& x) { linear::residual(linear::neg_laplacian(plane, {}), x, b, x); });
    from_scratch(
        b.size(), [&](auto& x) { linear::multiply(linear::to_csr(jumping()), b, x); }, 4);
}

TEST_P(SolverAllocationFailure, OfAnAssignmentLeavesTheMatrix) {
    auto const large = jumping();
    linear::stencil_matrix<2> const small{{3, 4}};
    auto matrix = small;
    auto const expect_whole = [&] {
        EXPECT_EQ(matrix.n(), small.n());
        EXPECT_EQ(matrix.n_unknowns(), small.n_unknowns());
        for (std::size_t d = 0; d < 2; ++d) EXPECT_EQ(matrix.coupling(d).size(), small.n_unknowns());
    };
    fail_each_allocation(
        GetParam(), [&] { matrix = large; }, expect_whole, 3);
    EXPECT_EQ(matrix.n(), large.n());
}

TEST_P(SolverAllocationFailure, OfAFastTransform) {
    auto const mirrors = everywhere<2>(condition_kind::neumann);
    from_scratch(b.size(), [&](auto& x) {
        (void)linear::fast_transform<2>{plane, {}}.solve(b, x, transform_on_one_thread);
    });
    from_scratch(b.size(), [&](auto& x) {
        (void)linear::fast_transform<2>{plane, mirrors}.solve(b, x, transform_on_one_thread);
    });
    from_scratch(b3.size(), [&](auto& x) {
        (void)linear::fast_transform<3>{box, {}}.solve(b3, x, transform_on_one_thread);
    });
    of_solves(
        b.size(),
        [&] {
            return linear::fast_transform<2>{plane, mirrors};
        },
        [&](auto const& plan, auto& x) { (void)plan.solve(b, x, transform_on_one_thread); });
}

TEST_P(SolverAllocationFailure, OfMultigridWithoutAMatrix) {
    from_scratch(
        b.size(),
        [&](auto& x) {
            (void)linear::laplacian_multigrid<2>{plane, {}}.solve(b, x, cycles_on_one_thread);
        },
        20);
    from_scratch(
        b3.size(),
        [&](auto& x) {
            (void)linear::laplacian_multigrid<3>{box, {}}.solve(b3, x, cycles_on_one_thread);
        },
        20);
    of_solves(
        b.size(),
        [&] {
            return linear::laplacian_multigrid<2>{plane, {}};
        },
        [&](auto const& levels, auto& x) { (void)levels.solve(b, x, cycles_on_one_thread); }, 5);
}

TEST_P(SolverAllocationFailure, OfMultigridForAnyCoefficients) {
    auto const stencil = jumping();
    linear::multigrid_options const on_one_thread{.max_threads = 1};
    from_scratch(
        b.size(),
        [&](auto& x) {
            linear::multigrid<2>{stencil, on_one_thread}(b, x);
        },
        20);
    of_solves(
        b.size(),
        [&] {
            return linear::multigrid<2>{stencil, on_one_thread};
        },
        [&](auto const& levels, auto& x) { levels(b, x); }, 3);
}

TEST_P(SolverAllocationFailure, OfKrylovMethods) {
    linear::krylov_options const few{.max_iterations = 30};
    from_scratch(b.size(), [&](auto& x) { (void)linear::cg(A, b, x, few, linear::jacobi{A}); });
    from_scratch(b.size(), [&](auto& x) { (void)linear::cg(A, b, x, few, linear::ic0{A}); });
    from_scratch(b.size(), [&](auto& x) { (void)linear::cg(A, b, x, few, linear::chebyshev{A}); });
    from_scratch(b.size(), [&](auto& x) { (void)linear::minres(A, b, x, few); });
    from_scratch(b.size(), [&](auto& x) { (void)linear::bicgstab(A, b, x, few, linear::ilu0{A}); });
    from_scratch(b.size(), [&](auto& x) { (void)linear::gmres(A, b, x, {}); });
}

TEST_P(SolverAllocationFailure, OfTheCacheAreNotRemembered) {
    profile::metrics_registry registry;
    linear::operator_cache cache{{.registry = &registry}};
    grid::condition_kinds<2> const walls{};
    auto const values = std::make_shared<linear::coefficient_values const>(
        std::vector<double>(plane.size(), 2.0), std::vector<double>(plane.size(), 1.0), std::vector<double>{});
    auto const ask = [&] {
        (void)cache.get(plane, walls);
        (void)cache.get_transform(plane, walls);
        (void)cache.get_diffusion(plane, walls, values);
    };
    ask();
    cache.clear();
    fail_each_allocation(
        GetParam(),
        [&] {
            cache.clear();
            ask();
        },
        [&] { EXPECT_NO_THROW(ask()); }, 20, leftovers::workspaces);
    EXPECT_TRUE(cache.get(plane, walls).reused);
}
