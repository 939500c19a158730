// SPDX-License-Identifier: MIT
// Private to src/: what is done elsewhere than on the processor's threads, in the report and on the timeline.
#pragma once

#include <cstdint>
#include <string_view>

namespace poise::profile::detail {

struct outer_call {
    std::string_view name;
    double begin_s, end_s;  ///< after the beginning of the work
    double bytes;           ///< moved
};

/// A row of the timeline, and a scope of that name whose calls are work with what it is made of: "cuda:0". One thread
/// at a time writes. Nothing happens where profiling is off.
class outer_row {
public:
    explicit outer_row(std::string_view label) noexcept;
    ~outer_row();
    outer_row(outer_row const&) = delete;
    outer_row& operator=(outer_row const&) = delete;

    /// This moment, for add().
    [[nodiscard]] static std::uint64_t moment() noexcept;
    /// Work that took `seconds` up to a moment, and its calls, one behind the other. Work that is told to have begun
    /// before the end of what was told before begins there: nothing is at two places at a time in one row.
    template <class Calls>
    void add(std::uint64_t end, double seconds, Calls const& calls) noexcept {
        if (!begin(end, seconds)) return;
        for (outer_call const& call : calls) add_call(call);
        finish();
    }

    /// Whether anything would be recorded.
    [[nodiscard]] static bool is_on() noexcept;

private:
    [[nodiscard]] bool begin(std::uint64_t end, double seconds) noexcept;
    void add_call(outer_call const& call) noexcept;
    void finish() noexcept;

    std::string_view label_;
    void* state_;  ///< a thread_state
    void* open_ = nullptr;
    std::uint64_t begin_ = 0, end_ = 0, last_end_ = 0;
    double ticks_per_second_ = 1.0;
};

}  // namespace poise::profile::detail
