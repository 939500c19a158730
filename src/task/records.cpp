// SPDX-License-Identifier: MIT
#include "task/records.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>

namespace poise::task::detail {
namespace {

std::string message_of(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (std::exception const& e) {
        return e.what();
    } catch (...) {
        return not_a_std_exception;
    }
}

void explain(run_state const& of, std::uint32_t id, record& r) {
    if (r.state == state::succeeded) return;
    if (r.state == state::cancelled) {
        r.root_cause = id;
        r.thrown = of.was_woken(id) ? of.thrown_by(id) : nullptr;
        r.message = r.thrown ? message_of(r.thrown) : "the run was asked to stop before it began";
        return;
    }
    r.root_cause = of.root_cause(id);
    bool const own = r.root_cause == id;
    if (r.state == state::omitted) {
        r.message = own ? "its condition did not hold" : concat("because ", of.name_of(r.root_cause), " was omitted");
        return;
    }
    auto const thrown = of.thrown_by(r.root_cause);
    r.message = message_of(thrown);
    if (own)
        r.thrown = thrown;
    else
        r.message = concat("because ", of.name_of(r.root_cause), " failed: ", r.message);
}

// all_ready: when the inputs were done that all tasks of the family have.
record make_record(run_state const& of, std::uint32_t id, graph_state::family const& family,
                   profile::detail::ticks all_ready) {
    record r;
    r.name = graph_state::name_of(id, family);
    r.state = of.states[id];
    r.attempts = of.attempts(id);
    explain(of, id, r);
    if (of.memory) r.memory = of.memory[id];
    if (of.timed) {
        auto const ready = of.ready_at(id, family, all_ready);
        r.start_s = of.seconds(of.start_of(id, ready));
        r.end_s = of.seconds(of.when[id].end);
        r.ready_s = std::min(of.seconds(ready), r.start_s);
        r.worker = of.worker[id];
    }
    return r;
}

}  // namespace

state state_of(run_state const& of, std::uint32_t id) noexcept { return of.states[id]; }

std::byte const* results_of(run_state const& of) noexcept { return of.results.data(); }

record record_of(run_state const& of, std::uint32_t id) {
    auto const& family = of.family_of(id);
    return make_record(of, id, family, of.timed ? of.ready_at(family) : of.started);
}

void require_success(run_state const& of, std::uint32_t id) {
    if (of.states[id] == state::succeeded) return;
    if (of.states[id] == state::failed) std::rethrow_exception(of.thrown_by(id));
    record const r = record_of(of, id);
    throw skipped_error{concat(r.name, " was ", to_string(r.state), ": ", r.message)};
}

std::vector<record> records_of(run_state const& of) {
    std::vector<record> made;
    made.reserve(of.steps->n_tasks);
    for (std::size_t f = 0; f < of.steps->n_families; ++f) {
        auto const& family = of.graph->families[f];
        auto const all_ready = of.timed ? of.ready_at(family) : of.started;
        std::uint32_t const end = of.end_of_family(f);
        for (std::uint32_t id = family.first_id; id < end; ++id) made.push_back(make_record(of, id, family, all_ready));
    }
    return made;
}

}  // namespace poise::task::detail
