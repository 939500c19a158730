// SPDX-License-Identifier: MIT
#include <poise/linear/nested_dissection.hpp>

#include <algorithm>
#include <numeric>

namespace poise::linear {
namespace {

// Boxes of this many unknowns are eliminated line by line: smaller pieces save no fill and cost supernodes.
constexpr std::ptrdiff_t leaf_unknowns = 32;

template <std::size_t D>
class dissection {
public:
    using extents = std::array<std::ptrdiff_t, D>;

    explicit dissection(extents const& n, std::size_t size) {
        order_.reserve(size);
        for (std::size_t d = 1; d < D; ++d) stride_[d] = stride_[d - 1] * n[d - 1];
        dissect({}, n);
    }
    std::vector<index_t> take() { return std::move(order_); }

private:
    // first … last (excluded) in every direction. Recursion is as deep as the number of halvings.
    void dissect(extents const& first, extents const& last) {
        std::size_t longest = 0;
        std::ptrdiff_t size = 1;
        for (std::size_t d = 0; d < D; ++d) {
            size *= last[d] - first[d];
            if (last[d] - first[d] > last[longest] - first[longest]) longest = d;
        }
        if (size == 0) return;
        if (size <= leaf_unknowns) return eliminate_lines(first, last, longest);
        std::ptrdiff_t const middle = (first[longest] + last[longest]) / 2;
        extents cut = last;
        cut[longest] = middle;
        dissect(first, cut);
        extents start = first;
        start[longest] = middle + 1;
        dissect(start, last);
        start[longest] = middle;
        cut[longest] = middle + 1;
        eliminate_lines(start, cut, longest);
    }

    // The longest direction slowest, so that a leaf is eliminated across its short side: the smallest band.
    void eliminate_lines(extents const& first, extents const& last, std::size_t slowest) {
        std::array<std::size_t, D> nesting;
        std::iota(nesting.begin(), nesting.end(), std::size_t{0});
        std::rotate(nesting.begin() + static_cast<std::ptrdiff_t>(slowest),
                    nesting.begin() + static_cast<std::ptrdiff_t>(slowest) + 1, nesting.end());
        extents place = first;
        for (;;) {
            std::ptrdiff_t unknown = 0;
            for (std::size_t d = 0; d < D; ++d) unknown += place[d] * stride_[d];
            order_.push_back(static_cast<index_t>(unknown));
            std::size_t level = 0;
            while (level < D && ++place[nesting[level]] == last[nesting[level]]) {
                place[nesting[level]] = first[nesting[level]];
                ++level;
            }
            if (level == D) return;
        }
    }

    extents stride_{1};
    std::vector<index_t> order_;
};

}  // namespace

template <std::size_t D>
std::vector<index_t> nested_dissection(std::array<std::ptrdiff_t, D> const& n) {
    std::size_t const size = checked_product(n, max_index, "number of unknowns");
    if constexpr (D == 1) {  // a tridiagonal matrix has no fill as it stands
        std::vector<index_t> order(size);
        std::iota(order.begin(), order.end(), index_t{0});
        return order;
    } else {
        return dissection<D>{n, size}.take();
    }
}

template std::vector<index_t> nested_dissection(std::array<std::ptrdiff_t, 1> const&);
template std::vector<index_t> nested_dissection(std::array<std::ptrdiff_t, 2> const&);
template std::vector<index_t> nested_dissection(std::array<std::ptrdiff_t, 3> const&);

}  // namespace poise::linear
