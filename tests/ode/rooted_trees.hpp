// SPDX-License-Identifier: MIT
// Rooted trees, and what the order conditions of a Runge–Kutta method ask for each of them.
// Source: Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, §II.2.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace poise_test {

/// The trees that hang at its root, sorted.
struct rooted_tree {
    std::vector<rooted_tree> branches;

    friend bool operator<(rooted_tree const& a, rooted_tree const& b) { return a.branches < b.branches; }
    [[nodiscard]] int order() const {
        int sum = 1;
        for (auto const& branch : branches) sum += branch.order();
        return sum;
    }
    /// The product of the orders of all trees in it that have all that hangs above their roots.
    [[nodiscard]] double density() const {
        double product = order();
        for (auto const& branch : branches) product *= branch.density();
        return product;
    }
};

/// All of that order: 1, 1, 2, 4, 9, 20, 48, 115, 286 for 1 to 9.
inline std::set<rooted_tree> const& trees_of_order(int order) {
    static std::map<int, std::set<rooted_tree>> known{{1, {rooted_tree{}}}};
    if (auto const found = known.find(order); found != known.end()) return found->second;
    std::set<rooted_tree> all;
    // Each has one that is less by one of the branches.
    for (int part = 1; part < order; ++part)
        for (auto const& rest : trees_of_order(order - part))
            for (auto branch : trees_of_order(part)) {
                rooted_tree whole = rest;
                whole.branches.push_back(branch);
                std::sort(whole.branches.begin(), whole.branches.end());
                all.insert(whole);
            }
    return known[order] = all;
}

/// Of each stage, the product over the branches of Σⱼ aᵢⱼ times what the branch has at j: weights b are of that order
/// where Σᵢ bᵢ of this is 1 / density.
template <class Tableau>
std::vector<long double> elementary_weights(Tableau const& tableau, rooted_tree const& tree) {
    std::vector<long double> product(Tableau::n_all_stages, 1.0L);
    for (auto const& branch : tree.branches) {
        auto const of_branch = elementary_weights(tableau, branch);
        for (std::size_t i = 0; i < product.size(); ++i) {
            long double sum = 0.0L;
            for (std::size_t j = 0; j <= i; ++j) sum += static_cast<long double>(tableau.a[i][j]) * of_branch[j];
            product[i] *= sum;
        }
    }
    return product;
}

}  // namespace poise_test
