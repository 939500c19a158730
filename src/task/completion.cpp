// SPDX-License-Identifier: MIT
#include "task/engine.hpp"
#include "task/event_loop.hpp"
#include "task/special.hpp"

#include <poise/task/completion.hpp>
#include <poise/task/outcome.hpp>

#include <atomic>
#include <chrono>
#include <utility>

namespace poise::task::detail {

// Waits for its timeout, if it has one.
struct pending::state final : event_loop::wait {
    state(pending& of, frame const& in, std::uint32_t task)
        : self{of}, engine{in.engine}, run{&in.engine->run()}, id{task}, name{run->name_of(task)}, stop{run->stop} {
        until = in.deadline;
    }
    void over(event_loop::why) noexcept override {
        if (!self.claim()) return;
        auto const& options = special_of(run->steps->nodes[id])->options;
        self.fail(std::make_exception_ptr(timeout_error{took_too_long(event_loop::clock::now() - began, options)}));
    }
    [[nodiscard]] bool is_limited() const noexcept { return until != event_loop::clock::time_point::max(); }

    pending& self;
    detail::engine* engine;
    run_state* run;
    std::uint32_t id;
    std::string name;
    std::stop_token stop;
    event_loop::clock::time_point began = event_loop::clock::now();
    std::atomic<bool> settled{false};
};

pending::pending(frame const& in, std::uint32_t id, std::byte* place)
    : state_{new state{*this, in, id}}, place_{place} {
    if (in.attempt == 1) in.engine->mark_start(id);
    in.engine->suspend(id);
}

void pending::wait() noexcept {
    if (!state_->is_limited() || state_->settled.load(std::memory_order_relaxed)) return;
    try {
        event_loop::instance().add(*state_);
    } catch (...) {
        if (claim()) fail(std::current_exception());
    }
}

pending::~pending() {
    if (claim()) fail(std::make_exception_ptr(error{"its completion was dropped before it was told anything"}));
    event_loop::cancel(*state_);
}

bool pending::claim() noexcept { return !state_->settled.exchange(true, std::memory_order_acq_rel); }

void pending::succeed() noexcept { state_->engine->resume(state_->id, news::succeeded); }

void pending::fail(std::exception_ptr thrown) noexcept {
    state_->run->keep(state_->id, std::move(thrown));
    state_->engine->resume(state_->id, news::failed);
}

std::stop_token pending::stop() const noexcept { return state_->stop; }

std::string const& pending::name() const noexcept { return state_->name; }

}  // namespace poise::task::detail
