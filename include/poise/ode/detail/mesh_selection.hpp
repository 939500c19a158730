// SPDX-License-Identifier: MIT
// Private to ode: where the points of a mesh go.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace poise::ode::detail {

/// The integral of a density that is linear between the points of a mesh.
[[nodiscard]] double integral_of(std::span<double const> mesh, std::span<double const> densities) noexcept;

/// A mesh of n_intervals from mesh.front() to mesh.back(), each of which holds as much of the density as any other. A
/// fifth of the intervals goes to the whole evenly, that none becomes too wide for what is not seen yet.
/// Source: de Boor (1974), Lecture Notes in Mathematics 363, 12; Ascher, Mattheij & Russell (1995), §9.1.
[[nodiscard]] std::vector<double> equidistribute(std::span<double const> mesh, std::span<double const> densities,
                                                 std::size_t n_intervals);

/// Every interval in two.
[[nodiscard]] std::vector<double> halve(std::span<double const> mesh);
/// Every second point, and the last.
[[nodiscard]] std::vector<double> coarsen(std::span<double const> mesh);
/// n_intervals of equal width.
[[nodiscard]] std::vector<double> equal_mesh(double begin, double end, std::size_t n_intervals);

}  // namespace poise::ode::detail
