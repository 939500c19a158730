// SPDX-License-Identifier: MIT
#include "profile/outer_row.hpp"

#include "profile/call_tree.hpp"
#include "profile/recorder.hpp"
#include "profile/registry.hpp"

#include <algorithm>

namespace poise::profile::detail {
namespace {

thread_state* as_state(void* state) noexcept { return static_cast<thread_state*>(state); }

naming name_of(std::string_view text) noexcept {
    auto const size = static_cast<unsigned>(std::min<std::size_t>(text.size(), max_name_bytes));
    naming name{text.data(), size, "", traits_of(0, category::phase, mode::timed), 0};
    name.key = copied_key(text.data(), text.size(), name.kind());
    return name;
}

double ticks_per_second() noexcept {
    registry::reading const records;
    timescale const scale{records.origin()};
    constexpr ticks many = ticks{1} << 40;
    return static_cast<double>(many) / scale.seconds(many);
}

}  // namespace

outer_row::outer_row(std::string_view label) noexcept : label_{label}, state_{attach_row(label)} {
    if (state_ != nullptr) label_ = as_state(state_)->label;
}
outer_row::~outer_row() { detach_row(as_state(state_)); }

std::uint64_t outer_row::moment() noexcept { return now_after_all(); }
bool outer_row::is_on() noexcept { return (load_modes() & enabled_bit) != 0; }

bool outer_row::begin(std::uint64_t end, double seconds) noexcept {
    unsigned const modes = load_modes();
    if (state_ == nullptr || (modes & enabled_bit) == 0) return false;
    ticks_per_second_ = ticks_per_second();
    auto const length = static_cast<std::uint64_t>(seconds * ticks_per_second_);
    end_ = end;
    begin_ = std::max(end > length ? end - length : 0, last_end_);
    if (begin_ >= end_) return false;
    open_ = open_at(*as_state(state_), name_of(label_), modes, begin_);
    return open_ != nullptr;
}

void outer_row::add_call(outer_call const& call) noexcept {
    auto const moment_of = [&](double seconds) {
        return std::min(begin_ + static_cast<std::uint64_t>(std::max(seconds, 0.0) * ticks_per_second_), end_);
    };
    frame* const opened = open_at(*as_state(state_), name_of(call.name), load_modes(), moment_of(call.begin_s));
    if (opened == nullptr) return;
    add_bytes(opened, call.bytes);
    as_state(state_)->close(opened, moment_of(call.end_s));
}

void outer_row::finish() noexcept {
    as_state(state_)->close(static_cast<frame*>(open_), end_);
    last_end_ = end_;
}

}  // namespace poise::profile::detail
