// SPDX-License-Identifier: MIT
// Factors of shift·I − J: dense, banded and sparse, real and complex, beside Eigen's.
#include <poise/ode/detail/shifted_lu.hpp>
#include <poise/ode/detail/small_shifted_lu.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <limits>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

using namespace poise::ode;
using namespace poise::ode::detail;

namespace {

template <class Number>
constexpr bool is_real = std::is_same_v<Number, double>;
template <class Number>
using reference_number = std::conditional_t<is_real<Number>, double, std::complex<double>>;
template <class Number>
using reference_matrix = Eigen::Matrix<reference_number<Number>, Eigen::Dynamic, Eigen::Dynamic>;

reference_number<double> reference(double x) { return x; }
reference_number<complex_number> reference(complex_number x) { return {x.re, x.im}; }

class random_numbers {
public:
    explicit random_numbers(std::size_t seed) : engine_{static_cast<unsigned>(seed)} {}
    double real() { return uniform_(engine_); }
    template <class Number>
    Number any() {
        if constexpr (is_real<Number>)
            return real();
        else
            return {real(), real()};
    }

private:
    std::mt19937 engine_;
    std::uniform_real_distribution<double> uniform_{-1.0, 1.0};
};

template <class Number, class Solve>
void expect_solution(Eigen::MatrixXd const& J, Number shift, std::vector<Number> const& b, Solve const& solve) {
    reference_matrix<Number> A = -J.cast<reference_number<Number>>();
    A.diagonal().array() += reference(shift);
    auto x = b;
    solve(x);
    Eigen::Matrix<reference_number<Number>, Eigen::Dynamic, 1> of_x(J.rows()), of_b(J.rows());
    for (std::size_t i = 0; i < b.size(); ++i) of_x[i] = reference(x[i]), of_b[i] = reference(b[i]);
    EXPECT_LE((A * of_x - of_b).norm(), 1e-13 * (A.norm() * of_x.norm() + of_b.norm()));
}

template <std::size_t N, class Number>
void expect_small_solutions() {
    random_numbers random{N};
    for (int run = 0; run < 20; ++run) {
        std::array<double, N * N> J;
        for (double& entry : J) entry = random.real();
        Number const shift = run % 4 == 0 ? Number{J[0]} : random.any<Number>();  // pivoting or nothing
        std::vector<Number> b(N);
        for (auto& value : b) value = random.any<Number>();
        small_shifted_lu<N, Number> lu;
        bool const is_factored = lu.factor(shift, J);
        if (N == 1 && run % 4 == 0) {
            EXPECT_FALSE(is_factored);
            continue;
        }
        ASSERT_TRUE(is_factored);
        expect_solution(Eigen::MatrixXd{Eigen::Map<Eigen::MatrixXd>(J.data(), N, N)}, shift, b,
                        [&](auto& x) { lu.solve(x); });
    }
}

template <class Number>
void expect_solutions(jacobian_structure const& structure, std::size_t n) {
    random_numbers random{n};
    jacobian_matrix J{structure, n};
    shifted_lu<Number> lu{J};
    for (int run = 0; run < 8; ++run) {
        Eigen::MatrixXd all = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n));
        for (std::size_t j = 0; j < n; ++j) {
            auto const rows = J.rows(j);
            for (std::size_t k = 0; k < rows.size(); ++k)
                all(rows[k], static_cast<Eigen::Index>(j)) = J.column(j)[k] = random.real();
        }
        std::vector<Number> b(n);
        for (auto& value : b) value = random.any<Number>();
        Number const shift = random.any<Number>();
        ASSERT_TRUE(lu.factor(shift, J)) << structure.index() << ", " << run;
        expect_solution(all, shift, b, [&](auto& x) { lu.solve(x); });
    }
}

sparse arrow(std::size_t n) {
    std::vector<std::pair<std::size_t, std::size_t>> entries;
    for (std::size_t i = 0; i < n; ++i) {
        entries.emplace_back(i, 0);
        entries.emplace_back(0, i);
        entries.emplace_back(i, (i + 1) % n);
    }
    return sparse{entries};
}

}  // namespace

TEST(SmallShiftedLu, SolvesSystemsThatNeedPivots) {
    expect_small_solutions<1, double>();
    expect_small_solutions<2, double>();
    expect_small_solutions<3, double>();
    expect_small_solutions<8, double>();
    expect_small_solutions<16, double>();
    expect_small_solutions<1, complex_number>();
    expect_small_solutions<3, complex_number>();
    expect_small_solutions<8, complex_number>();
}

TEST(ShiftedLu, SolvesSystemsOfEveryStructure) {
    for (std::size_t const n : {1u, 2u, 5u, 17u, 64u, 101u}) {
        SCOPED_TRACE(n);
        expect_solutions<double>(dense{}, n);
        expect_solutions<complex_number>(dense{}, n);
        for (auto const bands : {banded{0, 0}, banded{1, 1}, banded{3, 0}, banded{0, 2}, banded{4, 1}, banded{1, 4}}) {
            // Of random numbers large triangular matrices are singular to rounding.
            if (bands.lower >= n || bands.upper >= n || (bands.lower == 3 && n > 17)) continue;
            expect_solutions<double>(bands, n);
            expect_solutions<complex_number>(bands, n);
        }
        expect_solutions<double>(arrow(n), n);
        expect_solutions<complex_number>(arrow(n), n);
    }
}

TEST(ShiftedLu, RefusesSingularMatricesAndThoseThatAreNotFinite) {
    for (double const bad : {0.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (jacobian_structure const& structure : {jacobian_structure{dense{}}, jacobian_structure{banded{1, 1}},
                                                    jacobian_structure{sparse{{{0, 1}, {1, 0}}}}}) {
            jacobian_matrix J{structure, 2};
            J(0, 0) = J(1, 0) = bad, J(1, 1) = 1.0;
            shifted_lu<double> real{J};
            shifted_lu<complex_number> complex{J};
            EXPECT_FALSE(real.factor(0.0, J));
            EXPECT_FALSE(complex.factor({0.0, 0.0}, J));
            J(0, 0) = -1.0, J(1, 0) = 0.5;
            EXPECT_TRUE(real.factor(0.0, J)) << "after one that was";
            EXPECT_TRUE(complex.factor({0.0, 1.0}, J));
        }
    small_shifted_lu<2> lu;
    EXPECT_FALSE(lu.factor(0.0, {0.0, 0.0, 1.0, 1.0}));
}

TEST(JacobianMatrix, ColoursColumnsThatShareNoRow) {
    for (auto const& [structure, n_colours] :
         {std::pair{jacobian_structure{dense{}}, 30}, std::pair{jacobian_structure{banded{2, 1}}, 4},
          std::pair{jacobian_structure{arrow(30)}, 30}, std::pair{jacobian_structure{sparse{{{0, 1}, {2, 1}}}}, 2}}) {
        jacobian_matrix const J{structure, 30};
        EXPECT_EQ(J.n_colours(), static_cast<std::size_t>(n_colours));
        for (std::size_t a = 0; a < 30; ++a)
            for (std::size_t b = 0; b < a; ++b) {
                if (J.colour(a) != J.colour(b)) continue;
                for (auto const row : J.rows(a)) EXPECT_FALSE(std::ranges::binary_search(J.rows(b), row));
            }
    }
}

TEST(JacobianMatrix, RefusesWhatLiesOutside) {
    EXPECT_THROW((jacobian_matrix{banded{3, 0}, 3}), std::invalid_argument);
    EXPECT_THROW((jacobian_matrix{sparse{{{0, 3}}}, 3}), std::invalid_argument);
    EXPECT_THROW((jacobian_matrix{detected{}, 3}), std::invalid_argument);
    jacobian_matrix J{banded{1, 1}, 4};
    EXPECT_NO_THROW(J(1, 0) = 1.0);
    EXPECT_THROW(J(2, 0) = 1.0, std::invalid_argument);
    EXPECT_THROW(J(4, 4) = 1.0, std::invalid_argument);
}
