// SPDX-License-Identifier: MIT
#include "grid/axes.hpp"

#include "grid/text.hpp"

#include <algorithm>
#include <cmath>

namespace poise::grid::detail {
namespace {

constexpr int tick_length = 6;
constexpr int label_gap = 5;
constexpr int space_between_labels = 10;

int widest_label(std::vector<tick> const& ticks, int dot) {
    int widest = 0;
    for (tick const& each : ticks) widest = std::max(widest, text_width(each.label, dot));
    return widest;
}

struct placed_text {
    std::string text;
    int middle = 0;
};

// A text centred at `middle` of `length` pixels of the picture, shortened and moved as needed to keep the margins.
placed_text kept_inside(std::string const& text, int middle, int length, int dot) {
    std::string kept = shortened(text, length - 2 * margin(dot), dot);
    int const half = (text_width(kept, dot) + 1) / 2;
    return {std::move(kept), std::clamp(middle, margin(dot) + half, length - margin(dot) - half)};
}

}  // namespace

std::vector<tick> fitting_ticks(double lower, double upper, int length, orientation along, int dot) {
    constexpr int most_steps = 10;
    std::vector<tick> tight;
    for (int n_steps = most_steps; n_steps >= 1; --n_steps) {
        std::vector<tick> ticks = round_ticks(lower, upper, n_steps);
        if (ticks.size() < 2) break;
        double const distance = (ticks[1].value - ticks[0].value) / (upper - lower) * length;
        int const label = along == orientation::across ? widest_label(ticks, dot) : line_height(dot);
        if (distance >= label + space_between_labels * dot) return ticks;
        if (distance >= label) tight = std::move(ticks);
    }
    if (tight.empty()) tight = {round_ticks(lower, upper, most_steps).front()};
    return tight;
}

int room_beside(axis const& scale, int dot) {
    return (tick_length + 1 + label_gap) * dot + widest_label(scale.ticks, dot);
}

int room_for_name(int dot) { return line_height(dot) + label_gap * dot; }

int room_below(int dot) { return (tick_length + 1) * dot + line_height(dot) + room_for_name(dot); }

int pixel_of(axis const& scale, double value, int from, int to) {
    double const share = (value - scale.lower) / (scale.upper - scale.lower);
    return from + static_cast<int>(std::lround(share * (to - from)));
}

void draw_axis_below(canvas& picture, box const& plot, axis const& scale) {
    int const dot = picture.dot();
    int const first_line = plot.bottom + (tick_length + 1) * dot + line_height(dot) / 2;
    for (tick const& each : scale.ticks) {
        int const x = pixel_of(scale, each.value, plot.left - dot, plot.right);
        picture.fill({x, plot.bottom, x + dot, plot.bottom + (tick_length + 1) * dot}, ink);
        draw_text(picture, x, first_line, each.label, {.anchor = anchor::middle});
    }
    int const second_line = first_line + line_height(dot) + label_gap * dot;
    auto const [name, middle] = kept_inside(scale.name, (plot.left + plot.right) / 2, picture.width(), dot);
    draw_text(picture, middle, second_line, name, {.anchor = anchor::middle});
}

void draw_axis_beside(canvas& picture, box const& plot, axis const& scale, flank where) {
    int const dot = picture.dot();
    bool const left = where == flank::left;
    int const tick_start = left ? plot.left - (tick_length + 1) * dot : plot.right;
    int const label_x = left ? tick_start - label_gap * dot : tick_start + (tick_length + 1 + label_gap) * dot;
    for (tick const& each : scale.ticks) {
        int const y = pixel_of(scale, each.value, plot.bottom, plot.top - dot);
        picture.fill({tick_start, y, tick_start + (tick_length + 1) * dot, y + dot}, ink);
        draw_text(picture, label_x, y, each.label, {.anchor = left ? anchor::end : anchor::start});
    }
    if (!left) return;
    int const name_x = plot.left - room_beside(scale, dot) - label_gap * dot - line_height(dot) / 2;
    auto const [name, middle] = kept_inside(scale.name, (plot.top + plot.bottom) / 2, picture.height(), dot);
    draw_text(picture, name_x, middle, name, {.anchor = anchor::middle, .direction = direction::upwards});
}

void draw_title(canvas& picture, box const& plot, int y, std::string const& title) {
    auto const [text, middle] = kept_inside(title, (plot.left + plot.right) / 2, picture.width(), picture.dot());
    draw_text(picture, middle, y, text, {.anchor = anchor::middle, .bold = true});
}

}  // namespace poise::grid::detail
