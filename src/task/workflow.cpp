// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/workflow.hpp>

#include <algorithm>

namespace poise::task {

void workflow::require_inputs(std::string_view name, std::size_t n_given, std::size_t n_taken) {
    POISE_REQUIRE(n_given == n_taken, "workflow: step '", name, "' takes ", n_taken, " inputs, and ", n_given,
                  " are named");
}

workflow& workflow::keep(one_step step) {
    POISE_REQUIRE(!step.name.empty(), "workflow: a step needs a name");
    POISE_REQUIRE(std::ranges::find(steps_, step.name, &one_step::name) == steps_.end(), "workflow: there is a step '",
                  step.name, "' already");
    steps_.push_back(std::move(step));
    return *this;
}

// Each after what it needs. A graph without callables finds the order, and the cycle where there is none.
std::vector<std::size_t> workflow::in_order() const {
    graph sketch;
    for (one_step const& s : steps_) (void)sketch.add(s.name, [] {});
    for (one_step const& s : steps_)
        for (auto const* needed : {&s.inputs, &s.after})
            for (std::string const& name : *needed) {
                POISE_REQUIRE(sketch.contains(name), "workflow: step '", s.name, "' needs '", name,
                              "', and there is no such step");
                sketch.after(s.name, name);
            }
    auto const levels = sketch.levels();
    std::vector<std::size_t> order(steps_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return levels[i]; });
    return order;
}

workflow_result workflow::run(order how, executor const& by) const {
    graph g;
    for (std::size_t const i : in_order()) {
        steps_[i].add(g, steps_[i]);
        for (std::string const& earlier : steps_[i].after) g.after(steps_[i].name, earlier);
    }
    if (how == order::parallel) {
        auto done = by.run(g);
        return {std::move(g), std::move(done)};
    }
    auto done = serial().run(g, {.stop_at_failure = true});
    return {std::move(g), std::move(done)};
}

std::vector<std::string> workflow_result::steps_completed() const {
    auto records = run_.records();
    std::erase_if(records, [](record const& r) { return r.state != state::succeeded; });
    std::ranges::stable_sort(records, {}, &record::end_s);
    std::vector<std::string> names;
    for (record& r : records) names.push_back(std::move(r.name));
    return names;
}

}  // namespace poise::task
