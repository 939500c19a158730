// SPDX-License-Identifier: MIT
#include "chip_thermal/floorplan.hpp"

#include "chip_thermal/input_rows.hpp"
#include "chip_thermal/text.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace chip_thermal {
namespace {

using poise::concat;

std::string metres(double value) { return concat(poise::to_text(value, 6), " m"); }
std::string at(double x, double y) { return concat('(', poise::to_text(x, 6), ", ", poise::to_text(y, 6), ") m"); }
std::string by(double width, double height) { return concat(metres(width), " x ", metres(height)); }

std::vector<block const*> from_bottom_to_top(std::vector<block> const& blocks) {
    std::vector<block const*> sorted;
    for (auto const& b : blocks) sorted.push_back(&b);
    std::ranges::stable_sort(sorted, {}, &block::bottom);
    return sorted;
}

struct rectangle {
    double left;
    double bottom;
    double right;
    double top;
};

// A square with side 2 margin fits between the blocks where its centre is outside every block grown by the margin and
// inside the die shrunk by it. The grown edges cut the shrunk die into strips in which no block begins or ends; in each
// of them the blocks are met from bottom to top, and what lies above the highest point reached so far is a gap.
class gap_search {
public:
    gap_search(std::vector<block> const& blocks, double width, double height, double margin)
        : blocks_{from_bottom_to_top(blocks)}, width_{width}, height_{height}, margin_{margin} {}

    std::optional<rectangle> first() const {
        auto const edges = strip_edges();
        for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
            if (edges[i] == edges[i + 1]) continue;
            if (auto const gap = gap_in_strip(edges[i], edges[i + 1])) return with_margin(widest(*gap));
        }
        return std::nullopt;
    }

private:
    std::vector<double> strip_edges() const {
        std::vector<double> edges{margin_, width_ - margin_};
        for (auto const* b : blocks_)
            for (double const x : {b->left - margin_, b->right() + margin_})
                if (x > margin_ && x < width_ - margin_) edges.push_back(x);
        std::ranges::sort(edges);
        return edges;
    }

    std::optional<rectangle> gap_in_strip(double left, double right) const {
        double reached = margin_;
        for (auto const* b : blocks_) {
            if (b->left - margin_ > left || b->right() + margin_ < right) continue;
            if (b->bottom - margin_ > reached) return rectangle{left, reached, right, b->bottom - margin_};
            reached = std::max(reached, b->top() + margin_);
        }
        if (reached < height_ - margin_) return rectangle{left, reached, right, height_ - margin_};
        return std::nullopt;
    }

    // Strips are cut by every block of the die, so the gap goes on to the first block that stands in its way.
    rectangle widest(rectangle gap) const {
        double right = width_ - margin_;
        for (auto const* b : blocks_)
            if (b->left - margin_ >= gap.right && b->bottom - margin_ < gap.top && b->top() + margin_ > gap.bottom)
                right = std::min(right, b->left - margin_);
        gap.right = right;
        return gap;
    }

    rectangle with_margin(rectangle const& r) const {
        return {r.left - margin_, r.bottom - margin_, r.right + margin_, r.top + margin_};
    }

    std::vector<block const*> blocks_;
    double width_;
    double height_;
    double margin_;
};

block block_of(input_rows const& row) {
    auto const words = row.words();
    auto const fail = [&](std::string const& message) { throw input_error{row.path(), row.line(), message}; };
    if (words.size() < 5 || words.size() > 7)
        fail(concat(words.size(), words.size() < 5 ? " of at least 5" : " of at most 7",
                    " columns; write name, width, height, left and bottom, in metres, and at most two more"));
    constexpr std::array<std::string_view, 4> names{"width", "height", "left", "bottom"};
    std::array<double, 4> values{};
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const value = parse_number(words[i + 1]);
        if (!value)
            fail(concat(names[i], " of block ", words[0], " is ", in_quotes(words[i + 1]),
                        ", which is not a number; write metres, such as 0.0049"));
        values[i] = *value;
    }
    return {.name = std::string{words[0]},
            .left = values[2],
            .bottom = values[3],
            .width = values[0],
            .height = values[1],
            .line = row.line()};
}

}  // namespace

floorplan::floorplan(std::string path, std::vector<block> blocks, die_size given)
    : path_{std::move(path)}, blocks_{std::move(blocks)} {
    check_number();
    for (auto const& b : blocks_) {
        check_block(b);
        width_ = std::max(width_, b.right());
        height_ = std::max(height_, b.top());
    }
    width_ = given.width.value_or(width_);
    height_ = given.height.value_or(height_);
    for (auto const& b : blocks_) check_inside(b, given);
    check_die();
    check_names();
    check_overlaps();
    check_gaps();
}

double floorplan::tolerance() const noexcept {
    return std::min(relative_tolerance * std::max(width_, height_), 0.25 * std::min(width_, height_));
}

std::optional<std::size_t> floorplan::find(std::string_view name) const {
    auto const found = places_.find(std::string{name});
    if (found == places_.end()) return std::nullopt;
    return found->second;
}

void floorplan::check_number() const {
    if (blocks_.empty()) throw input_error{path_, 0, "has no blocks; add one line per block, or check the path"};
    if (blocks_.size() > most_blocks)
        throw input_error{
            path_, 0,
            concat("has ", blocks_.size(), " blocks, more than ", most_blocks, "; merge neighbours into larger ones")};
}

void floorplan::check_block(block const& b) const {
    for (auto const& [what, size] : {std::pair{"width", b.width}, std::pair{"height", b.height}})
        if (!(size > 0.0 && std::isfinite(size)))
            throw input_error{path_, b.line,
                              concat(what, " of block ", b.name, " is ", metres(size),
                                     "; a size must be positive and finite, in metres")};
    bool const on_plane = b.left >= 0.0 && b.bottom >= 0.0 && std::isfinite(b.right()) && std::isfinite(b.top());
    if (!on_plane)
        throw input_error{
            path_, b.line,
            concat("block ", b.name, " lies outside the die: its lower left corner is at ", at(b.left, b.bottom),
                   "; positions count from the die's corner and must not be negative")};
    if (b.right() == b.left || b.top() == b.bottom)
        throw input_error{path_, b.line,
                          concat("block ", b.name, " of ", by(b.width, b.height), " is too thin for its position ",
                                 at(b.left, b.bottom), "; check the units, all are metres")};
}

void floorplan::check_inside(block const& b, die_size given) const {
    bool const fits = b.right() <= width_ + tolerance() && b.top() <= height_ + tolerance();
    if (fits && b.left < width_ && b.bottom < height_) return;
    char const* const options = given.width && given.height ? "--die-width and --die-height"
                                : given.width               ? "--die-width"
                                                            : "--die-height";
    throw input_error{path_, b.line,
                      concat("block ", b.name, " reaches to ", at(b.right(), b.top()), ", outside the die of ",
                             by(width_, height_), "; correct the block or ", options)};
}

void floorplan::check_die() const {
    auto const [shorter, longer] = std::minmax(width_, height_);
    if (shorter >= shortest_side && longer <= longest_side) return;
    throw input_error{path_, 0,
                      concat("the die of ", by(width_, height_), " has a side outside ", metres(shortest_side), " to ",
                             metres(longest_side), "; check the units, all are metres")};
}

void floorplan::check_names() {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        auto const [place, is_new] = places_.emplace(blocks_[i].name, i);
        if (!is_new)
            throw input_error{path_, blocks_[i].line,
                              concat("block ", blocks_[i].name, " is already in line ", blocks_[place->second].line,
                                     "; give every block a name of its own")};
    }
}

void floorplan::check_overlaps() const {
    auto const sorted = from_bottom_to_top(blocks_);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        block const& a = *sorted[i];
        for (std::size_t j = i + 1; j < sorted.size() && sorted[j]->bottom < a.top(); ++j) {
            block const& b = *sorted[j];
            double const dx = std::min(a.right(), b.right()) - std::max(a.left, b.left);
            double const dy = std::min(a.top(), b.top()) - b.bottom;
            bool const in_x = dx > std::min(tolerance(), 0.5 * std::min(a.width, b.width));
            bool const in_y = dy > std::min(tolerance(), 0.5 * std::min(a.height, b.height));
            if (!in_x || !in_y) continue;
            auto const& [first, second] =
                std::minmax(a, b, [](auto const& p, auto const& q) { return p.line < q.line; });
            throw input_error{path_, second.line,
                              concat("block ", second.name, " overlaps block ", first.name, " of line ", first.line,
                                     " by ", by(dx, dy), "; correct the position or the size of one of them")};
        }
    }
}

void floorplan::check_gaps() const {
    auto const gap = gap_search{blocks_, width_, height_, 0.5 * tolerance()}.first();
    if (!gap) return;
    throw input_error{path_, 0,
                      concat("no block covers the ", by(gap->right - gap->left, gap->top - gap->bottom), " at ",
                             at(gap->left, gap->bottom), " of the die of ", by(width_, height_),
                             "; add a block there or enlarge its neighbours")};
}

floorplan read_floorplan(std::string const& path, die_size given) {
    input_rows rows{path, "give an existing floorplan with --floorplan"};
    std::vector<block> blocks;
    while (rows.next()) blocks.push_back(block_of(rows));
    return {path, std::move(blocks), given};
}

}  // namespace chip_thermal
