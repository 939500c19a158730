// SPDX-License-Identifier: MIT
#include "cuda/kernel_times.hpp"

#include "cuda/stream.hpp"

#include <nvtx3/nvToolsExt.h>
#include <string>

namespace poise::cuda::detail {
namespace {

cudaEvent_t as_event(void* event) { return static_cast<cudaEvent_t>(event); }

}  // namespace

kernel_times::kernel_times(queue const& of) : queue_{of} {}
kernel_times::~kernel_times() {
    for (void* const event : events_) forget(cudaEventDestroy(as_event(event)));
}

std::size_t kernel_times::mark() {
    if (n_marks_ == events_.size()) {
        cudaEvent_t made = nullptr;
        queue_.require(cudaEventCreate(&made), "making an event");
        events_.push_back(made);
    }
    queue_.require(cudaEventRecord(as_event(events_[n_marks_]), stream_of(queue_)), "recording an event");
    return n_marks_++;
}

void kernel_times::begin(char const* name, double bytes) {
    nvtxRangePushA(name);
    is_measuring_ = is_on();
    if (is_measuring_) pieces_.push_back({name, bytes, mark()});
}

void kernel_times::end() {
    nvtxRangePop();
    if (is_measuring_) (void)mark();
}

void kernel_times::collect() {
    if (pieces_.empty()) return;
    queue_.finish();
    auto const now = profile::detail::outer_row::moment();
    auto const seconds_to = [&](std::size_t event) {
        float ms = 0.0F;
        queue_.require(cudaEventElapsedTime(&ms, as_event(events_.front()), as_event(events_[event])),
                       "reading an event");
        return 1e-3 * static_cast<double>(ms);
    };
    std::vector<profile::detail::outer_call> calls;
    for (auto const& [name, bytes, first] : pieces_)
        calls.push_back({name, seconds_to(first), seconds_to(first + 1), bytes});
    if (row_ == nullptr) row_ = std::make_unique<profile::detail::outer_row>(queue_.where().name());
    row_->add(now, calls.back().end_s, calls);
    pieces_.clear();
    n_marks_ = 0;
}

}  // namespace poise::cuda::detail
