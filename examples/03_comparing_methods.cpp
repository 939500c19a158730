// SPDX-License-Identifier: MIT
// Lesson 3: which of several ways to do the same is faster, by how much, and can one be sure?
//
// The matrix of -Laplace on n x n cells has at most five entries in a row, and one can write it down in several ways:
//   direct    linear::neg_laplacian counts the entries of each row, allocates once and writes them in order;
//   triplets  Eigen: a list of (row, column, value) that setFromTriplets sorts;
//   insert    Eigen: room for five entries in each column, then insert() one by one.
// All give the same matrix, which is checked first: the fastest way to a wrong result is no way.
//
// Run:      03_comparing_methods
// Look at:  - ratio with its interval: how many times as long as the first. The first column of times alone would
//             hold whatever else the machine did meanwhile;
//           - the verdict: "faster" and "slower" only where the whole interval is beyond 5 %, "equivalent" only where
//             all of it is within, "undecided" where the time did not suffice;
//           - "again", which is the first method under another name: equivalent, as it has to be;
//           - noise: the first against itself, slice by slice. Smaller differences are not worth a discussion.
#include <poise/linear.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/profile.hpp>

#include <Eigen/SparseCore>

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
              << (A - triplets()).norm() << " (triplets), " << (A - insert()).norm() << " (insert)\n\n";

    std::cout << profile::measure(triplets, {.name = "triplets alone"}) << "\n\n";  // one method, for its own sake

    auto const result = profile::compare(
        {{"direct", direct}, {"again", direct}, {"triplets", triplets}, {"insert", insert}},
        {.name = "assembly", .min_effect = 0.05, .max_time_s = 1.0});  // below 5 % nobody would change the program
    std::cout << result << '\n';
    for (auto const* const name : {"again", "triplets", "insert"})
        std::cout << name << " is " << result.find(name)->outcome << '\n';
}

// Possibilities for extensions: a list with reserve(5 * n_unknowns); n = 512, where nothing fits into a cache; a
// longer max_time_s or a smaller min_effect, and what becomes of the verdicts.
