// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/linear/report.hpp>

#include <gtest/gtest.h>

#include <sstream>

using namespace poise;
using poise_test::message_of;

namespace {

linear::solve_report example(linear::stop_reason reason) {
    linear::solve_report report;
    report.reason = reason;
    report.method = "Cholesky (CHOLMOD)";
    report.n_unknowns = 6084;
    report.residual_norm = 4.12e-12;
    report.tolerance = 1e-8;
    report.attainable_residual = 3e-13;
    report.solve_s = 3.1e-4;
    return report;
}

}  // namespace

TEST(SolveReport, PrintsOneLine) {
    auto report = example(linear::stop_reason::converged);
    std::ostringstream cold, warm;
    cold << report;
    EXPECT_EQ(cold.str(), "Cholesky (CHOLMOD) converged: residual 4.12e-12 (tolerance 1e-08), 6084 unknowns, 310.0 us");
    report.operator_reused = true;
    warm << report;
    EXPECT_EQ(warm.str(), cold.str() + ", operator reused");
    report.rcond = 1.25e-4;
    std::ostringstream by_lu;
    by_lu << report;
    EXPECT_EQ(by_lu.str(), cold.str() + ", rcond 0.00013, operator reused");
}

TEST(SolveReport, IsTrueWhenItConverged) {
    EXPECT_TRUE(example(linear::stop_reason::converged));
    EXPECT_NO_THROW(example(linear::stop_reason::converged).or_throw());
    using enum linear::stop_reason;
    for (auto const reason : {max_iterations, breakdown, not_finite, stagnated})
        EXPECT_FALSE(example(reason)) << to_string(reason);
}

TEST(SolveReport, ThrowsItselfWithARemedy) {
    auto const said = [](linear::stop_reason reason) {
        return message_of<poise::not_converged>([&] { example(reason).or_throw(); });
    };
    EXPECT_NE(said(linear::stop_reason::stagnated).find("rounding allows about 3e-13: loosen rtol or set atol to it"),
              std::string::npos);
    EXPECT_NE(said(linear::stop_reason::max_iterations).find("raise the limit"), std::string::npos);
    EXPECT_NE(said(linear::stop_reason::not_finite).find("look for NaN"), std::string::npos);
    EXPECT_NE(said(linear::stop_reason::breakdown).find("choose another method"), std::string::npos);
    try {
        example(linear::stop_reason::stagnated).or_throw();
        FAIL();
    } catch (linear::not_converged const& failure) {
        EXPECT_EQ(failure.report().n_unknowns, 6084u);
    }
}
