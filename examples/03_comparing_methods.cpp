// SPDX-License-Identifier: MIT
// Lesson 3: which of several ways to do the same is faster, by how much, and can one be sure?
//
// The matrix of -Laplace on n x n cells has at most five entries in a row, and one can write it down in several ways:
//   direct    linear::neg_laplacian counts the entries, allocates once and writes them in order;
//   triplets  Eigen: a list of (row, column, value) that setFromTriplets sorts;
//   insert    Eigen: room for five entries in each row, then insert() one by one; that all agree is checked first.
//
// Run:      03_comparing_methods
// Look at:  - ratio with its interval: how many times as long as the first, in pairs of slices side by side;
//           - the verdict: "faster" and "slower" only where the whole interval is beyond 5 %, "equivalent" only where
//             all of it is within, as for "again", which is the first once more; else "undecided";
//           - noise: the first against itself, slice by slice. Smaller differences are not worth a discussion;
//           - slices of "insert": two groups, by whether the method before it left memory with malloc or not.
#include <poise/linear.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/profile.hpp>

#include <Eigen/SparseCore>

#include <algorithm>
#include <iostream>
#include <vector>

using namespace poise;

namespace {

using eigen_matrix = Eigen::SparseMatrix<double, Eigen::RowMajor, index_t>;
constexpr index_t n = 64, n_unknowns = n * n;
constexpr double per_h2 = static_cast<double>(n) * n;

linear::csr_matrix direct() {
    grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {n, n}}};
    return linear::neg_laplacian(square, grid::boundary<2>{grid::dirichlet{0.0}}.kinds());
}

// Calls entry(row, column, value). A side lies half a cell from the middle of its cells, and counts twice.
void each_entry(auto const& entry) {
    for (index_t row = 0; row < n_unknowns; ++row) {
        index_t const i = row % n, j = row / n;
        auto const neighbours = [&](index_t at) { return at == 0 || at == n - 1 ? 3.0 : 2.0; };
        if (j > 0) entry(row, row - n, -per_h2);
        if (i > 0) entry(row, row - 1, -per_h2);
        entry(row, row, (neighbours(i) + neighbours(j)) * per_h2);
        if (i + 1 < n) entry(row, row + 1, -per_h2);
        if (j + 1 < n) entry(row, row + n, -per_h2);
    }
}

eigen_matrix triplets() {
    std::vector<Eigen::Triplet<double, index_t>> list;
    each_entry([&](index_t row, index_t column, double value) { list.emplace_back(row, column, value); });
    eigen_matrix A{n_unknowns, n_unknowns};
    A.setFromTriplets(list.begin(), list.end());
    return A;
}

eigen_matrix insert() {
    eigen_matrix A{n_unknowns, n_unknowns};
    A.reserve(Eigen::VectorXi::Constant(n_unknowns, 5));
    each_entry([&](index_t row, index_t column, double value) { A.insert(row, column) = value; });
    A.makeCompressed();
    return A;
}

}  // namespace

int main() {
    auto const reference = direct();
    auto const A = linear::as_eigen(reference);
    std::cout << n_unknowns << " unknowns, " << A.nonZeros() << " entries; largest difference "
              << (A - triplets()).norm() << " (triplets), " << (A - insert()).norm() << " (insert)\n\n"
              << profile::measure(triplets, {.name = "triplets alone"}) << "\n\n";  // one method, for its own sake

    auto const result = profile::compare(
        {{"direct", direct}, {"again", direct}, {"triplets", triplets}, {"insert", insert}},
        {.name = "assembly", .min_effect = 0.05, .max_time_s = 1.0});  // below 5 % nobody would change the program
    std::cout << result << '\n';
    for (auto const* const name : {"again", "triplets", "insert"}) {
        auto slices_s = result.find(name)->times.slices_s;
        std::ranges::sort(slices_s);
        std::cout << name << " is " << result.find(name)->outcome << "; a tenth of its slices below "
                  << 1e6 * slices_s[slices_s.size() / 10] << " us, a tenth above "
                  << 1e6 * slices_s[slices_s.size() * 9 / 10] << " us\n";
    }
}

// Possibilities for extensions: MALLOC_TRIM_THRESHOLD_=1000000000 MALLOC_MMAP_THRESHOLD_=1000000000 in the environment,
// so that malloc keeps the memory it gets; a list with reserve(5 * n_unknowns); n = 512; a smaller min_effect.
