// SPDX-License-Identifier: MIT
// A progress bar on a terminal, and nothing anywhere else.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace chip_thermal {

/// One line that is redrawn in place, at most ten times a second, and erased when the bar is destroyed. Draws only
/// where the descriptor is a terminal that can erase a line (TERM is set and not "dumb"); without colour where NO_COLOR
/// is set and not empty (https://no-color.org). Thread-safe: a thread that would have to wait for another's drawing
/// skips its own.
class progress_bar {
public:
    /// label: what is going on, in front of the bar. descriptor: by default that of stderr.
    explicit progress_bar(std::string label, int descriptor = 2);
    ~progress_bar();
    progress_bar(progress_bar const&) = delete;
    progress_bar& operator=(progress_bar const&) = delete;

    /// `done` of `total` things are done. Cheap enough to be called for each of them.
    void update(std::size_t done, std::size_t total) noexcept;

private:
    [[nodiscard]] std::string line(std::size_t done, std::size_t total) const;
    void put(std::string const& text) const noexcept;

    std::string label_;
    int descriptor_;
    bool draws_;
    bool colours_;
    std::mutex drawing_;
    bool has_drawn_ = false;
    std::size_t most_done_ = 0;
    std::chrono::steady_clock::time_point next_drawing_{};
};

}  // namespace chip_thermal
