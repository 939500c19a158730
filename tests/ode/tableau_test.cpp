// SPDX-License-Identifier: MIT
// The coefficients of every method meet the order conditions, those of its embedded method and of its dense output too.
#include "ode/methods.hpp"
#include "ode/rooted_trees.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

using namespace poise_test;

namespace {

template <class Method>
class Tableau : public testing::Test {
protected:
    static constexpr auto const& tableau = Method::tableau;
    static constexpr std::size_t n = tableau.n_all_stages;

    // The largest Σᵢ weightᵢ Φᵢ − exact over the trees of an order.
    template <class Weights>
    static double defect(int order, Weights const& weight, double exact) {
        double largest = 0.0;
        for (auto const& tree : trees_of_order(order)) {
            auto const phi = elementary_weights(tableau, tree);
            long double sum = -exact / static_cast<long double>(tree.density());
            for (std::size_t i = 0; i < n; ++i) sum += static_cast<long double>(weight(i)) * phi[i];
            largest = std::max(largest, std::abs(static_cast<double>(sum)));
        }
        return largest;
    }
    // Coefficients are rounded, by ε of their size, and are multiplied by each other.
    static double rounding() {
        double largest = 10.0;
        for (auto const& row : tableau.a)
            for (double const weight : row) largest = std::max(largest, std::abs(weight));
        return 1e-15 * largest;
    }
    static double embedded(std::size_t i, auto const& error) {
        return i < tableau.n_stages ? tableau.b[i] - error[i] : tableau.b[i];
    }
};
TYPED_TEST_SUITE(Tableau, explicit_methods, method_names);

}  // namespace

TEST(RootedTrees, AreAsManyAsThereAre) {
    std::vector<std::size_t> const known{1, 1, 2, 4, 9, 20, 48, 115, 286};
    for (std::size_t i = 0; i < known.size(); ++i) EXPECT_EQ(trees_of_order(static_cast<int>(i) + 1).size(), known[i]);
    rooted_tree const tall{{rooted_tree{{rooted_tree{}}}}}, bushy{{rooted_tree{}, rooted_tree{}}};
    EXPECT_EQ(tall.density(), 6.0);
    EXPECT_EQ(bushy.density(), 3.0);
}

TYPED_TEST(Tableau, HasItsOrderAndNoHigherOne) {
    auto const weight = [](std::size_t i) { return TypeParam::tableau.b[i]; };
    for (int order = 1; order <= TypeParam::order; ++order)
        EXPECT_LE(TestFixture::defect(order, weight, 1.0), TestFixture::rounding()) << order;
    EXPECT_GT(TestFixture::defect(TypeParam::order + 1, weight, 1.0), 1e-7);
}

TYPED_TEST(Tableau, HasAnEmbeddedMethodOfItsOrder) {
    auto const weight = [](std::size_t i) { return TestFixture::embedded(i, TypeParam::tableau.error); };
    for (int order = 1; order <= TypeParam::embedded_order; ++order)
        EXPECT_LE(TestFixture::defect(order, weight, 1.0), TestFixture::rounding()) << order;
    EXPECT_GT(TestFixture::defect(TypeParam::embedded_order + 1, weight, 1.0), 1e-7);
}

TYPED_TEST(Tableau, HasDenseOutputOfItsOrder) {
    double largest = 1.0;
    for (auto const& row : TypeParam::tableau.interpolant)
        for (double const weight : row) largest = std::max(largest, std::abs(weight));
    for (std::size_t m = 0; m < TypeParam::tableau.degree; ++m) {
        auto const weight = [m](std::size_t i) { return TypeParam::tableau.interpolant[i][m]; };
        for (int order = 1; order <= TypeParam::dense_order; ++order)
            EXPECT_LE(TestFixture::defect(order, weight, order == static_cast<int>(m) + 1 ? 1.0 : 0.0),
                      largest * TestFixture::rounding())
                << "θ^" << m + 1 << ", order " << order;
    }
    for (std::size_t i = 0; i < TypeParam::tableau.n_all_stages; ++i) {
        double at_end = 0.0;
        for (double const weight : TypeParam::tableau.interpolant[i]) at_end += weight;
        EXPECT_NEAR(at_end, TypeParam::tableau.b[i], 1e-15 * largest) << "continuous at the end of a step, stage " << i;
    }
}

TYPED_TEST(Tableau, HasRowsThatSumToTheirPlaces) {
    auto const& method = TypeParam::tableau;
    for (std::size_t i = 0; i < method.n_all_stages; ++i) {
        long double sum = 0.0L;
        for (std::size_t j = 0; j < method.n_all_stages; ++j) {
            sum += static_cast<long double>(method.a[i][j]);
            EXPECT_TRUE(j < i || method.a[i][j] == 0.0) << "explicit: " << i << ", " << j;
        }
        EXPECT_NEAR(static_cast<double>(sum), method.c[i], 1e-14) << i;
        EXPECT_GE(method.c[i], 0.0);
        EXPECT_LE(method.c[i], 1.0);
    }
    EXPECT_EQ(method.c[method.end_stage()], 1.0);
    for (std::size_t i = 0; i < method.n_all_stages; ++i) EXPECT_EQ(method.a[method.end_stage()][i], method.b[i]);
}

TEST(TableauOfDop853, HasASecondEmbeddedMethodOfOrderThree) {
    auto const& tableau = poise::ode::dop853::tableau;
    for (int order = 1; order <= 3; ++order)
        for (auto const& tree : trees_of_order(order)) {
            auto const phi = elementary_weights(tableau, tree);
            long double sum = -1.0L / static_cast<long double>(tree.density());
            for (std::size_t i = 0; i < tableau.n_stages; ++i)
                sum += static_cast<long double>(tableau.b[i] - tableau.error_of_low_order[i]) * phi[i];
            EXPECT_NEAR(static_cast<double>(sum), 0.0, 1e-14) << order;
        }
}
