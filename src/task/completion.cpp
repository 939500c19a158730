// SPDX-License-Identifier: MIT
#include "task/engine.hpp"

#include <poise/task/completion.hpp>
#include <poise/task/outcome.hpp>

#include <atomic>
#include <utility>

namespace poise::task::detail {

struct pending::state {
    detail::engine* engine;
    run_state* run;
    std::uint32_t id;
    std::string name;
    std::stop_token stop;
    std::atomic<bool> settled{false};
};

pending::pending(frame const& in, std::uint32_t id, std::byte* place)
    : state_{new state{in.engine, &in.engine->run(), id, in.run->name_of(id), in.run->stop}}, place_{place} {
    in.engine->suspend(id);
}

pending::~pending() {
    if (claim()) fail(std::make_exception_ptr(error{"its completion was dropped before it was told anything"}));
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
