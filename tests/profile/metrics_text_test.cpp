// SPDX-License-Identifier: MIT
#include "profile/metrics_text.hpp"

#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace poise::profile::detail {
namespace {

std::string printed(metrics_snapshot const& metrics) {
    std::ostringstream text;
    print_metrics(text, metrics);
    return text.str();
}

TEST(MetricsText, IsEmptyForNone) { EXPECT_EQ(printed({}), ""); }

TEST(MetricsText, ShowsUnitsLabelsAndHistograms) {
    metrics_registry registry;
    registry.counter("a.calls", {{"device", "cpu"}, {"method", "cholesky"}}).add(12);
    registry.gauge("b.bytes").set(2048.0);
    registry.gauge("c.seconds").set(0.25);
    registry.gauge("d.level").set(-1.5);
    for (int i = 1; i <= 4; ++i) registry.histogram("e.seconds").record(0.25 * i);
    static_cast<void>(registry.histogram("f"));
    EXPECT_EQ(printed(registry.snapshot()),
              "\nmetrics\n"
              "  a.calls{device=\"cpu\",method=\"cholesky\"}                                    12\n"
              "  b.bytes                                                              2.00 KiB\n"
              "  c.seconds                                                            250.0 ms\n"
              "  d.level                                                                  -1.5\n"
              "  e.seconds                   4 values, p50 492.2 ms, p99 984.4 ms, max 1.000 s\n"
              "  f                                                                    0 values\n");
}

TEST(MetricsText, ShortensNamesAndHidesControlCharacters) {
    metrics_snapshot const metrics{{"calls", metric_kind::counter, 1.0, {{"name", "\x1b[2J" + std::string(200, 'x')}}}};
    std::string const text = printed(metrics);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find("…"), std::string::npos);
    EXPECT_LT(text.size(), 100U);
}

}  // namespace
}  // namespace poise::profile::detail
