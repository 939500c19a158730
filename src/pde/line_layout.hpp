// SPDX-License-Identifier: MIT
// Private to src/pde: the unknowns of a box in lines along x that begin at whole vectors, with zeros around them.
#pragma once

#include "core/large_vector.hpp"

#include <poise/grid/cartesian.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// Unknowns in a vector of the widest instruction set.
inline constexpr std::ptrdiff_t lane_count = 8;

[[nodiscard]] constexpr std::ptrdiff_t whole_lanes(std::ptrdiff_t n) {
    return (n + lane_count - 1) / lane_count * lane_count;
}

/// Line j of plane k begins at offset(j, k). Behind it is at least one zero, so before it is one too; a line of zeros
/// lies between planes and on both ends, in 3D a plane of them too: what is beyond a wall can be read like a neighbour.
template <std::size_t D>
struct line_layout {
    std::array<std::ptrdiff_t, 3> n{1, 1, 1};
    std::ptrdiff_t width = 0;  ///< from a line to the next
    std::ptrdiff_t plane = 0;  ///< from a plane to the next

    explicit line_layout(grid::extents<D> const& unknowns) {
        for (std::size_t d = 0; d < D; ++d) n[d] = unknowns[d];
        width = whole_lanes(n[0] + 1);
        plane = (n[1] + (D > 1 ? 1 : 0)) * width;
    }
    [[nodiscard]] std::ptrdiff_t offset(std::ptrdiff_t j, std::ptrdiff_t k) const {
        return lane_count + (D > 1 ? width : 0) + (D > 2 ? plane : 0) + j * width + k * plane;
    }
    [[nodiscard]] std::size_t size() const {
        std::ptrdiff_t const behind = (D > 1 ? width : 0) + (D > 2 ? plane : 0) + lane_count;
        return static_cast<std::size_t>(offset(n[1] - 1, n[2] - 1) + width + behind);
    }
    [[nodiscard]] std::ptrdiff_t n_lines() const { return n[1] * n[2]; }
    [[nodiscard]] std::ptrdiff_t number(std::ptrdiff_t j, std::ptrdiff_t k) const { return j + n[1] * k; }
};

/// Numbers for each unknown, line by line; consecutive lines that are alike share them.
class line_values {
public:
    line_values() = default;
    explicit line_values(std::ptrdiff_t width) : width_{width} {}
    /// So many lines of zeros, none of them shared.
    line_values(std::ptrdiff_t width, std::ptrdiff_t n_lines)
        : width_{width}, values_(static_cast<std::size_t>(width * n_lines)) {
        for (std::ptrdiff_t line = 0; line < n_lines; ++line) offsets_.push_back(line * width);
    }

    /// Of the next line: width numbers.
    void append(std::span<double const> line) {
        if (offsets_.empty() || !same_bits(line.data(), of(n_lines() - 1))) {
            offsets_.push_back(static_cast<std::ptrdiff_t>(values_.size()));
            values_.insert(values_.end(), line.begin(), line.end());
        } else {
            offsets_.push_back(offsets_.back());
        }
    }
    /// The last line again.
    void repeat() { offsets_.push_back(offsets_.back()); }
    [[nodiscard]] std::ptrdiff_t n_lines() const { return static_cast<std::ptrdiff_t>(offsets_.size()); }
    [[nodiscard]] double const* of(std::ptrdiff_t line) const {
        return values_.data() + offsets_[static_cast<std::size_t>(line)];
    }
    [[nodiscard]] double* of(std::ptrdiff_t line) { return values_.data() + offsets_[static_cast<std::size_t>(line)]; }

private:
    [[nodiscard]] bool same_bits(double const* a, double const* b) const {
        return std::memcmp(a, b, static_cast<std::size_t>(width_) * sizeof(double)) == 0;
    }

    std::ptrdiff_t width_ = 0;
    poise::detail::large_vector<double> values_;
    std::vector<std::ptrdiff_t> offsets_;
};

}  // namespace poise::pde::detail
