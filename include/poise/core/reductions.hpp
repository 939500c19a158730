// SPDX-License-Identifier: MIT
// Sums, norms and finite-value checks over contiguous doubles, in an order that depends on the length alone.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace poise {

/// Σ xᵢ by pairwise summation in blocks: rounding grows as log n, and the same x gives the same bits always, whatever
/// its alignment and the instruction set of the processor.
[[nodiscard]] double sum(std::span<double const> x) noexcept;
/// Σ xᵢ yᵢ, pairwise. The spans must have one length (throws std::invalid_argument).
[[nodiscard]] double dot(std::span<double const> x, std::span<double const> y);
/// ‖x‖₂, pairwise; scaled when a plain sum of squares would over- or underflow.
[[nodiscard]] double norm2(std::span<double const> x) noexcept;
/// max |xᵢ|; 0 for an empty span, NaN when an entry is NaN.
[[nodiscard]] double norm_max(std::span<double const> x) noexcept;
/// The first index whose entry is NaN or infinite, nothing when all are finite. One pass, vectorised.
[[nodiscard]] std::optional<std::size_t> first_not_finite(std::span<double const> x) noexcept;

/// Throws std::invalid_argument that names `what`, the index and the value of the first entry that is not finite.
void require_finite(std::span<double const> x, char const* what);

}  // namespace poise
