// SPDX-License-Identifier: MIT
#include "chip_thermal/progress_bar.hpp"

#include <poise/core/concat.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <utility>

namespace chip_thermal {
namespace {

using poise::concat;

constexpr auto between_drawings = std::chrono::milliseconds{100};
constexpr std::string_view erase_line = "\r\x1b[2K";

std::string_view environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

bool can_erase_a_line(int descriptor) {
    auto const terminal = environment("TERM");
    return ::isatty(descriptor) == 1 && !terminal.empty() && terminal != "dumb";
}

std::size_t columns_of(int descriptor) {
    winsize size{};
    bool const is_known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

}  // namespace

progress_bar::progress_bar(std::string label, int descriptor)
    : label_{std::move(label)},
      descriptor_{descriptor},
      draws_{can_erase_a_line(descriptor)},
      colours_{environment("NO_COLOR").empty()} {}

progress_bar::~progress_bar() {
    if (has_drawn_) put(std::string{erase_line});
}

void progress_bar::update(std::size_t done, std::size_t total) noexcept {
    if (!draws_ || total == 0) return;
    std::unique_lock const lock{drawing_, std::try_to_lock};
    if (!lock) return;
    auto const now = std::chrono::steady_clock::now();
    if (done < most_done_ || now < next_drawing_) return;
    most_done_ = done;
    next_drawing_ = now + between_drawings;
    try {
        put(line(std::min(done, total), total));
        has_drawn_ = true;
    } catch (std::exception const&) {
        return;  // no memory for a line of text: the work goes on without it
    }
}

std::string progress_bar::line(std::size_t done, std::size_t total) const {
    auto const counts = concat(' ', done, '/', total);
    std::size_t const columns = columns_of(descriptor_);
    std::size_t const taken = label_.size() + counts.size() + 4;  // " [", "]" and the last column, which would wrap
    if (columns < taken + 4) return concat(erase_line, counts.substr(0, columns - 1));
    std::size_t const width = std::min<std::size_t>(columns - taken, 60);
    auto const full =
        static_cast<std::size_t>(static_cast<double>(width) * static_cast<double>(done) / static_cast<double>(total));
    return concat(erase_line, label_, " [", colours_ ? "\x1b[32m" : "", std::string(full, '='),
                  std::string(width - full, ' '), colours_ ? "\x1b[0m" : "", ']', counts);
}

void progress_bar::put(std::string const& text) const noexcept {
    // A terminal that takes no more shows an older bar, which harms nobody.
    [[maybe_unused]] auto const written = ::write(descriptor_, text.data(), text.size());
}

}  // namespace chip_thermal
