// SPDX-License-Identifier: MIT
// Which nodes of a large tree are worth a line of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace poise::profile::detail {

/// Decides over the nodes below `root`, by a weight each: those of at least `below` are shown, but not more than
/// `most`, and with each its parents. Node has children of its own type.
template <class Node>
class fold {
public:
    template <class Weight>
    fold(Node const& root, double below, std::size_t most, Weight const& weight) {
        measure(root, weight);
        threshold_ = below;
        if (weights_.size() <= most || most == 0) return;
        std::vector<double> order = weights_;
        auto const last = order.begin() + static_cast<std::ptrdiff_t>(most);
        std::nth_element(order.begin(), last, order.end(), std::greater{});
        if (*last < below) return;
        threshold_ = *last;
        // Of those that weigh just as much, the first are shown.
        equals_ = most - static_cast<std::size_t>(
                             std::count_if(weights_.begin(), weights_.end(), [&](double w) { return w > *last; }));
    }

    /// shown(node, depth) and rest(nodes, n_below, depth) in the order of the tree; nodes are the joined children of
    /// one parent, n_below counts them and all below them.
    template <class Shown, class Rest>
    void each(Node const& root, Shown const& shown, Rest const& rest) const {
        position at{0, equals_};
        walk(root, 0, at, shown, rest);
    }

private:
    struct position {
        std::size_t place;
        std::size_t equals;  // that may still be shown
    };

    // The weight of a node is at least that of every node below it, so that nothing shown hangs in the air.
    template <class Weight>
    double measure(Node const& node, Weight const& weight) {
        std::size_t const place = weights_.size();
        weights_.push_back(0.0);
        sizes_.push_back(0);
        double most = weight(node);
        for (Node const& child : node.children) most = std::max(most, measure(child, weight));
        weights_[place] = most;
        sizes_[place] = weights_.size() - place;
        return most;
    }

    [[nodiscard]] bool is_shown(position& at) const noexcept {
        if (weights_[at.place] != threshold_) return weights_[at.place] > threshold_;
        if (at.equals == 0) return false;
        --at.equals;
        return true;
    }

    template <class Shown, class Rest>
    void walk(Node const& parent, std::size_t depth, position& at, Shown const& shown, Rest const& rest) const {
        std::vector<Node const*> joined;
        std::size_t n_joined = 0;
        ++at.place;
        for (Node const& child : parent.children) {
            if (is_shown(at)) {
                shown(child, depth);
                walk(child, depth + 1, at, shown, rest);
                continue;
            }
            joined.push_back(&child);
            n_joined += sizes_[at.place];
            at.place += sizes_[at.place];
        }
        // One leaf takes no more room than the line in its place.
        if (n_joined == 1)
            shown(*joined.front(), depth);
        else if (n_joined != 0)
            rest(joined, n_joined, depth);
    }

    std::vector<double> weights_;     // in the order of the walk, the root first
    std::vector<std::size_t> sizes_;  // of the tree at that place
    double threshold_ = 0.0;
    std::size_t equals_ = ~std::size_t{0};
};

}  // namespace poise::profile::detail
