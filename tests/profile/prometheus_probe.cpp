// SPDX-License-Identifier: MIT
// Writes what is hard to write: names that collide, labels of any bytes, numbers that are none. For promtool.
#include <poise/profile/metrics.hpp>
#include <poise/profile/prometheus.hpp>

#include <cmath>
#include <iostream>
#include <limits>
#include <string>

using namespace poise::profile;

namespace {

metrics_snapshot nasty_metrics() {
    metrics_registry registry;
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    for (std::string const& value : {every_byte, std::string{"a\"b\\c\nd\re\tf"}, std::string{"}{=,#"}, std::string{},
                                     std::string{"\xff"}, std::string{"\\xff"}, std::string{"π"}})
        registry.counter("nasty.calls", {{"value", value}, {"other", "1"}}).add();
    registry.counter("x.y").add(1);
    registry.counter("x_y").add(2);
    registry.counter("x_y.total").add(3);
    registry.gauge("x.y.total").set(std::nan(""));
    registry.gauge("level.count").set(std::numeric_limits<double>::infinity());
    registry.gauge("level.sum").set(-std::numeric_limits<double>::infinity());
    registry.gauge("level.bucket").set(-1e-300);
    registry.gauge("9.lives").set(9.0);
    for (double const v : {0.0, 1e-30, 0.5, 1.0, 1e30}) registry.histogram("solve.seconds", {{"m", "\"\n"}}).record(v);
    static_cast<void>(registry.histogram("solve.seconds"));
    registry.histogram("solve.seconds.count").record(1.0);
    registry.describe("x.y", "line one\nline \"two\" \\ three \xff");
    return registry.snapshot();
}

}  // namespace

int main() {
    snapshot taken;
    taken.wall_s = 1.5;
    taken.has_allocations = true;
    scope_statistics outer, inner;
    inner.name = "in\"ner\n</script>";
    inner.moved_bytes = 1e9;
    inner.calls = 3;
    outer.name = "outer/slash";
    outer.calls = 1;
    outer.children = {inner, inner};
    taken.root.children = {outer};
    taken.metrics = nasty_metrics();
    std::cout << prometheus_text(taken);
}
