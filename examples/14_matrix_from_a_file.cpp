// SPDX-License-Identifier: MIT
// Lesson 14: a matrix comes in a file: what is it, and which method should solve it?
//
// Matrix Market files are what SciPy, MATLAB, Julia and the SuiteSparse collection exchange. Without a file of yours, a
// network of resistors is written to one, resistor by resistor, for entries in the same place add up: a conductance g
// between i and j is g at (i, i) and (j, j) and −g at (j, i). A x = b has the currents in b, the voltages in x.
//
// Run:      14_matrix_from_a_file [file, network.mtx]
// Look at:  - the factors, hardly larger than the matrix: what comes from no grid may fill in little;
//           - the residuals, computed here and not by the methods; one that does not take a matrix says why;
//           - what is said of a damaged file: its name, the line and what stands there.
#include <poise/core.hpp>
#include <poise/linear.hpp>
#include <poise/profile.hpp>

#include <exception>
#include <iomanip>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace poise;

// A tree of lines with weak ties between neighbours; its root is earthed.
std::string network(int n) {
    std::string entries = "1 1 1\n";
    for (int j = 2; j <= n; ++j)
        for (auto const& [i, g] : {std::pair{j / 2, 1.0}, std::pair{j - 1, 0.001 * (j % 7 + 1)}})
            entries += concat(i, ' ', i, ' ', g, '\n', j, ' ', j, ' ', g, '\n', j, ' ', i, ' ', -g, '\n');
    return concat("%%MatrixMarket matrix coordinate real symmetric\n", n, ' ', n, ' ', 6 * n - 5, '\n', entries);
}

int main(int n_arguments, char** arguments) try {
    // 1. Read it: structure and numbers are checked, both triangles of a symmetric matrix are there.
    std::string const path = n_arguments > 1 ? arguments[1] : "network.mtx";
    if (n_arguments < 2) write_file(path, network(10'000));
    auto const A = linear::read_matrix_market(path);
    std::cout << path << ": " << A.n_rows() << " x " << A.n_cols() << ", " << A.n_entries() << " entries, "
              << A.bytes() / 1024 << " KiB\n\n"
              << "                                ms     KiB  iterations  residual   voltage\n";

    // 2. Solve it by every method, the cheapest that may take it first: a current of 1 goes in at the last place.
    std::vector<double> b(A.n_rows());
    b.back() = 1.0;
    std::string take = "none";
    auto const row = [&](std::string const& name, auto const& solve) {
        std::cout << "  " << std::left << std::setw(24) << name << std::right;
        try {
            std::vector<double> x(b.size()), r(b.size());
            profile::timer const watch;
            auto const [report, bytes] = solve(x);
            std::cout << std::setw(8) << to_text(1e3 * watch.seconds(), 3) << std::setw(8) << bytes / 1024;
            linear::residual(A, x, b, r);
            std::cout << std::setw(12) << report.iterations << std::setw(10) << to_text(norm2(r), 1) << std::setw(10)
                      << to_text(x.back(), 7) << '\n';
            if (report && take == "none") take = name;
        } catch (std::exception const& refusal) {
            std::cout << "  " << refusal.what() << '\n';
        }
    };
    auto const by_factor = [&](auto const& factor, std::span<double> x) {
        return std::pair{linear::direct_solve(factor, A, b, x, {.rtol = 1e-10}), factor.bytes()};
    };
    row("Cholesky", [&](auto& x) { return by_factor(linear::cholesky{A}, x); });
    row("LU", [&](auto& x) { return by_factor(linear::lu{A}, x); });
    row("conjugate gradients, ic0", [&](auto& x) {
        linear::ic0 const M{A};
        return std::pair{linear::cg(A, b, x, {.rtol = 1e-10}, M), M.bytes()};
    });
    row("GMRES, ilu0", [&](auto& x) {
        linear::ilu0 const M{A};
        return std::pair{linear::gmres(A, b, x, {.rtol = 1e-10}, M), M.bytes()};
    });
    std::cout << "take: " << take << ", and one further down where its factor does not fit into memory\n\n";

    // 3. A file with a comma for the point.
    write_file("damaged.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 4,5\n2 2 1\n");
    try {
        (void)linear::read_matrix_market("damaged.mtx");
    } catch (poise::error const& fault) {
        std::cout << fault.what() << '\n';
    }
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 14_matrix_from_a_file [file, network.mtx]\n";
    return 2;
}

// Possibilities for extensions: a matrix of the SuiteSparse collection; network.mtx in scipy.io.mmread(); no earth.
