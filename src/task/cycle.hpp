// SPDX-License-Identifier: MIT
// Private to src/: an order for graphs whose edges go backwards too, and the cycle where there is none.
#pragma once

#include "task/graph_state.hpp"

#include <cstdint>

namespace poise::task::detail {

/// The nodes of a plan whose edges are known, each after its inputs, otherwise by their numbers. O((nodes + edges) log
/// nodes). Throws std::invalid_argument with the names on a cycle when there is one.
/// Source: Kahn (1962), Topological sorting of large networks.
[[nodiscard]] block<std::uint32_t> order_or_throw(graph_state const& g, plan const& steps);

}  // namespace poise::task::detail
