// SPDX-License-Identifier: MIT
// Every allocation of a solve fails, once and from then on, that of its cache included: no crash, no leak, and the
// cache gives the same bits afterwards. Not of Eigen's LU factors, which crash: see linear's test.
#include "support/failing_suitesparse.hpp"

#include <poise/pde/solve.hpp>
#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <string>

using namespace poise;
using grid::centering;
using grid::side;
using pde::method;
using poise_test::fail_each_allocation;
using poise_test::failure;

namespace {

template <std::size_t D>
grid::cartesian<D> box(centering where) {
    constexpr grid::extents<3> cells{D == 1 ? 19 : D == 2 ? 12 : 5, D == 2 ? 9 : 4, 6};
    grid::cartesian_options<D> options{.centering = where};
    std::copy_n(cells.begin(), D, options.cells.begin());
    return grid::cartesian<D>{options};
}

auto const wave = [](auto... x) { return std::cos(3.0 * (x + ...)); };
auto const layers = [](auto x, auto...) { return x < 0.4 ? 1.0 : 100.0; };
auto const gentle = [](auto... x) { return 1.0 + 0.5 * (x * ...); };

template <std::size_t D>
grid::boundary<D> walls() {
    return grid::boundary<D>{grid::dirichlet{gentle}}.on(side::x_upper, grid::neumann{0.5});
}
template <std::size_t D>
grid::boundary<D> cooled() {
    return grid::boundary<D>{grid::dirichlet{0.0}}.on(side::x_lower, grid::robin{gentle, wave});
}
template <std::size_t D>
grid::boundary<D> ring() {
    return grid::boundary<D>{grid::neumann{0.0}}.on(side::x_lower, grid::periodic{});
}

class PdeAllocationFailure : public testing::TestWithParam<failure> {
protected:
    template <class Problem>
    void of(Problem const& problem, pde::solve_options options, int least_failures = 5) {
        auto const expected = [&] {
            linear::operator_cache cache{{.registry = &registry_}};  // the registry keeps the names of its metrics
            options.cache = &cache;
            return pde::solve(problem, options).u;
        }();
        bool is_same = true;
        auto const act = [&] {
            linear::operator_cache cache{{.registry = &registry_}};
            options.cache = &cache;
            try {
                (void)pde::solve(problem, options);
            } catch (std::bad_alloc const&) {
                poise_test::failures.n_until_failure = -1;
                auto const again = pde::solve(problem, options);
                is_same = is_same && std::ranges::equal(again.u.values(), expected.values());
                throw;
            }
        };
        fail_each_allocation(
            GetParam(), act, [&] { EXPECT_TRUE(is_same); }, least_failures);
    }

    // By all of the methods, in one, two and three dimensions, on cells and on nodes. of_dimension: domain -> problem.
    template <class OfDimension>
    void by(std::initializer_list<method> methods, OfDimension const& problem_on) {
        for (auto const how : methods)
            for (auto const where : {centering::cell, centering::node}) {
                SCOPED_TRACE(testing::Message()
                             << "method " << static_cast<int>(how) << ", centering " << static_cast<int>(where));
                of(problem_on(box<1>(where)), {.method = how});
                of(problem_on(box<2>(where)), {.method = how});
                of(problem_on(box<3>(where)), {.method = how});
            }
    }

private:
    poise_test::failing_suitesparse const replaced_;
    profile::metrics_registry registry_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Cases, PdeAllocationFailure, testing::Values(failure::once, failure::lasting),
                         [](auto const& instance) {
                             return std::string{instance.param == failure::once ? "Once" : "Lasting"};
                         });

TEST_P(PdeAllocationFailure, OfPoisson) {
    by({method::automatic, method::fast_transform, method::direct, method::multigrid, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::poisson<D>{.domain = domain, .source = wave, .boundary = walls<D>()};
       });
}

TEST_P(PdeAllocationFailure, OfASingularProblem) {
    by({method::automatic, method::multigrid, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::poisson<D>{.domain = domain, .source = wave, .boundary = grid::neumann{0.0}};
       });
}

TEST_P(PdeAllocationFailure, OfHelmholtz) {
    by({method::automatic, method::fast_transform, method::direct, method::multigrid, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::helmholtz<D>{.domain = domain, .shift = 2.0, .source = wave, .boundary = grid::neumann{0.0}};
       });
}

TEST_P(PdeAllocationFailure, OfPeriodicSides) {
    by({method::automatic, method::fast_transform, method::direct, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::helmholtz<D>{.domain = domain, .shift = 2.0, .source = wave, .boundary = ring<D>()};
       });
    by({method::automatic, method::direct, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::diffusion<D>{
               .domain = domain, .kappa = layers, .sigma = 1.0, .source = wave, .boundary = ring<D>()};
       });
}

TEST_P(PdeAllocationFailure, OfRobinSides) {
    by({method::automatic, method::direct, method::multigrid, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::poisson<D>{.domain = domain, .source = wave, .boundary = cooled<D>()};
       });
}

TEST_P(PdeAllocationFailure, OfCoefficientsThatVary) {
    by({method::automatic, method::direct, method::multigrid, method::conjugate_gradients},
       []<std::size_t D>(grid::cartesian<D> const& domain) {
           return pde::diffusion<D>{
               .domain = domain, .kappa = layers, .sigma = gentle, .source = wave, .boundary = walls<D>()};
       });
}

TEST_P(PdeAllocationFailure, OfAFactorByEigen) {
    of(pde::poisson<2>{.domain = box<2>(centering::cell), .source = wave},
       {.backend = linear::cholesky_backend::eigen});
    of(pde::diffusion<3>{.domain = box<3>(centering::cell), .kappa = layers, .source = wave},
       {.backend = linear::cholesky_backend::eigen});
}

TEST_P(PdeAllocationFailure, OfWaves) {
    by({method::automatic, method::direct}, []<std::size_t D>(grid::cartesian<D> const& domain) {
        return pde::helmholtz<D>{.domain = domain, .shift = -60.0, .source = wave, .boundary = walls<D>()};
    });
    by({method::automatic}, []<std::size_t D>(grid::cartesian<D> const& domain) {
        return pde::diffusion<D>{.domain = domain,
                                 .kappa = layers,
                                 .sigma = [](auto... x) { return 1.0 - 30.0 * (x + ...); },
                                 .source = wave,
                                 .boundary = cooled<D>()};
    });
}

TEST_P(PdeAllocationFailure, OfAStretchedGrid) {
    grid::cartesian_options<2> options{.cells = {0, 9}};
    for (int i = 0; i <= 12; ++i) options.faces[0].push_back(i * (i + 1.0));
    of(pde::poisson<2>{.domain = grid::cartesian<2>{options}, .source = wave, .boundary = walls<2>()}, {});
}

TEST_P(PdeAllocationFailure, OfTheFourthOrderScheme) {
    for (auto const where : {centering::cell, centering::node}) {
        pde::solve_options const options{.scheme = pde::scheme::compact_fourth_order};
        of(pde::poisson<1>{.domain = box<1>(where), .source = wave, .boundary = walls<1>()}, options);
        of(pde::poisson<2>{.domain = box<2>(where), .source = wave, .boundary = walls<2>()}, options);
        of(pde::poisson<3>{.domain = box<3>(where), .source = wave, .boundary = walls<3>()}, options);
    }
}

TEST_P(PdeAllocationFailure, OfAnErrorEstimate) {
    of(pde::poisson<2>{.domain = box<2>(centering::cell), .source = wave, .boundary = walls<2>()},
       {.error_estimate = pde::error_estimate::coarser_grid});
    of(pde::diffusion<3>{.domain = box<3>(centering::node), .kappa = layers, .source = wave},
       {.error_estimate = pde::error_estimate::coarser_grid});
}

// What a report says of a matrix that is singular takes memory too.
TEST_P(PdeAllocationFailure, OfAnEigenvalue) {
    auto const eigenvalue = [](std::ptrdiff_t n) {
        auto const cells = static_cast<double>(n);
        return std::pow(2.0 * cells * std::sin(0.5 * std::numbers::pi / cells), 2);
    };
    auto const domain = box<2>(centering::cell);
    double const shift = -eigenvalue(domain.cells()[0]) - eigenvalue(domain.cells()[1]);
    of(pde::helmholtz<2>{.domain = domain, .shift = shift, .source = wave},
       {.on_failure = pde::on_failure::return_report});
}

// A failure to converge is told by an exception with texts of its own.
TEST_P(PdeAllocationFailure, OfWhatARefusalSays) {
    pde::poisson<2> const problem{.domain = box<2>(centering::cell), .source = wave};
    auto const refused = [&] {
        try {
            (void)pde::solve(problem, {.rtol = 0.0});
        } catch (linear::not_converged const& thrown) {
            return std::string_view{thrown.what()}.size();
        }
        return std::size_t{0};
    };
    auto const length = refused();
    fail_each_allocation(
        GetParam(), [&] { (void)refused(); }, [&] { EXPECT_EQ(refused(), length); }, 5);
    EXPECT_GT(length, 50U);
}
