// SPDX-License-Identifier: MIT
#include <poise/ode/report.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

using namespace poise;

namespace {

ode::solve_report report_of(ode::stop_reason reason) {
    ode::solve_report report;
    report.reason = reason;
    report.method = "Tsitouras 5(4)";
    report.statistics = {.n_steps = 123, .n_rejected = 4, .n_evaluations = 862};
    report.t = 0.75;
    report.t_end = 10.0;
    report.last_step = 1e-17;
    report.component = 2;
    report.component_value = 1e15;
    report.solve_s = 21e-6;
    return report;
}
std::string text_of(ode::solve_report const& report) {
    std::ostringstream out;
    out << report;
    return out.str();
}

}  // namespace

TEST(OdeReport, SaysWhereAndHow) {
    EXPECT_EQ(text_of(report_of(ode::stop_reason::reached_end)),
              "Tsitouras 5(4) reached the end, t = 0.75: 123 steps, 4 rejected, 862 evaluations, 21.00 us");
    EXPECT_EQ(text_of(report_of(ode::stop_reason::step_too_small)),
              "Tsitouras 5(4) needs steps that are too small, t = 0.75, with a step of 1e-17, component 2, which is "
              "1e+15: 123 steps, 4 rejected, 862 evaluations, 21.00 us");
    EXPECT_EQ(text_of(report_of(ode::stop_reason::max_steps)),
              "Tsitouras 5(4) stopped at max_steps, t = 0.75 of 10, with a step of 1e-17: 123 steps, 4 rejected, 862 "
              "evaluations, 21.00 us");
}

TEST(OdeReport, IsTrueWhereTheEndIsOneThatWasMeant) {
    using enum ode::stop_reason;
    for (auto const reason : {reached_end, event, stopped}) {
        EXPECT_TRUE(report_of(reason));
        EXPECT_NO_THROW(report_of(reason).or_throw());
    }
    for (auto const reason : {max_steps, step_too_small, not_finite}) {
        EXPECT_FALSE(report_of(reason));
        EXPECT_THROW(report_of(reason).or_throw(), ode::not_converged);
        EXPECT_THROW(report_of(reason).or_throw(), poise::not_converged);
    }
}

TEST(OdeReport, SaysWhatToDo) {
    auto const remedy = [](ode::stop_reason reason) {
        return std::string{ode::not_converged{report_of(reason)}.what()};
    };
    EXPECT_NE(remedy(ode::stop_reason::max_steps).find("implicit"), std::string::npos);
    EXPECT_NE(remedy(ode::stop_reason::step_too_small).find("discontinuities"), std::string::npos);
    EXPECT_NE(remedy(ode::stop_reason::not_finite).find("division by zero"), std::string::npos);
}
