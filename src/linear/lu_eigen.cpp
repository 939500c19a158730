// SPDX-License-Identifier: MIT
#include "linear/lu_factorisation.hpp"
#include "linear/mirror_entries.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

#include <algorithm>
#include <string>
#include <vector>

namespace poise::linear::detail {
namespace {

using pattern = Eigen::SparseMatrix<double, Eigen::ColMajor, index_t>;
// Of 64 bits: SparseLU counts the entries of its factors in the matrix's index type, and wraps.
using wide_index = std::ptrdiff_t;
using sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, wide_index>;
using permutation = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, index_t>;
using wide_permutation = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, wide_index>;

// The matrix comes in its order. Eigen's NaturalOrdering leaves the permutation empty, and SparseLU then postorders its
// elimination tree, but not the matrix.
struct as_it_comes {
    void operator()(sparse const& A, wide_permutation& order) const { order.setIdentity(A.cols()); }
};
using sparse_lu = Eigen::SparseLU<sparse, as_it_comes>;

// Rows of A as columns.
Eigen::Map<pattern const> transposed(csr_view const& A) {
    return {A.n_rows,           A.n_cols,         static_cast<index_t>(A.n_entries()),
            A.row_start.data(), A.columns.data(), A.values.data()};
}

bool has_symmetric_structure(csr_view const& A) {
    mirror_entries mirrors{A};
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            if (mirrors.next(row, A.columns[e]) == mirror_entries::none) return false;
    return true;
}

// place[u]: when unknown u is eliminated.
std::vector<index_t> elimination_places(csr_view const& A, std::span<index_t const> ordering, bool is_symmetric) {
    std::vector<index_t> place(static_cast<std::size_t>(A.n_rows));
    if (!ordering.empty()) {
        for (std::size_t k = 0; k < place.size(); ++k) place[ordering[k]] = static_cast<index_t>(k);
        return place;
    }
    permutation found;
    pattern const full = transposed(A);
    if (is_symmetric) {
        permutation inverse;
        Eigen::AMDOrdering<index_t>{}(full, inverse);
        found = inverse.inverse();
    } else {
        Eigen::COLAMDOrdering<index_t>{}(full, found);
    }
    std::ranges::copy(found.indices(), place.begin());
    return place;
}

// SparseLU tells a failure by a sentence: the memory, or the number of the step, from 1, that found no pivot.
void require_success(sparse_lu const& factors, std::span<index_t const> place, std::size_t needed_bytes) {
    std::string const said = factors.lastErrorMessage();
    if (said.empty()) return;
    auto const n = static_cast<index_t>(place.size());
    if (said.find("UNABLE") != std::string::npos)
        throw not_enough_memory{concat("the LU factors of ", n, " unknowns"), needed_bytes, available_memory_bytes()};
    auto const digits = said.find_last_not_of("0123456789") + 1;
    if (digits == said.size()) throw error{concat("Eigen's SparseLU failed: ", said)};
    auto const step = std::stol(said.substr(digits)) - 1;
    auto const& steps = factors.colsPermutation().indices();
    auto const column = std::find(steps.begin(), steps.end(), step) - steps.begin();
    throw no_pivot(static_cast<index_t>(std::ranges::find(place, column) - place.begin()), n);
}

class eigen_factors final : public lu_factors {
public:
    eigen_factors(csr_view const& A, std::span<index_t const> place, double pivot_tolerance) : place_{place} {
        // What SparseLU begins with: 20 times the entries of A, of which it uses what it needs.
        std::size_t const needed_bytes = 20 * A.n_entries() * 28;
        require_memory(static_cast<double>(needed_bytes),
                       [&] { return concat("the LU factors of ", A.n_rows, " unknowns"); });
        sparse const matrix = permuted(A);
        factors_.setPivotThreshold(pivot_tolerance);
        factors_.analyzePattern(matrix);
        factors_.factorize(matrix);
        require_success(factors_, place, needed_bytes);
        accounted_ = static_cast<std::ptrdiff_t>(bytes());
        profile::account_memory(accounted_);
    }
    ~eigen_factors() override { profile::account_memory(-accounted_); }

    // The columns that were factored are the rows of A.
    void solve(lu_system system, std::span<double const> c, std::span<double> y, lu_workspace& work) const override {
        auto const n = static_cast<Eigen::Index>(c.size());
        work.numbers.resize(c.size());
        for (std::size_t i = 0; i < c.size(); ++i) work.numbers[place_[i]] = c[i];
        Eigen::Map<Eigen::VectorXd> const right{work.numbers.data(), n};
        Eigen::Map<Eigen::VectorXd> x{y.data(), n};
        if (system == lu_system::transposed) {
            x = factors_.rowsPermutation() * right;
            factors_.matrixL().solveInPlace(x);
            factors_.matrixU().solveInPlace(x);
            right_of(work) = factors_.colsPermutation().inverse() * x;
        } else {
            x = factors_.colsPermutation() * right;
            factors_.matrixU().solveTransposedInPlace<false>(x);
            factors_.matrixL().solveTransposedInPlace<false>(x);
            right_of(work) = factors_.rowsPermutation().transpose() * x;
        }
        for (std::size_t i = 0; i < c.size(); ++i) y[i] = work.numbers[place_[i]];
    }

    std::size_t n_entries() const noexcept override {
        return static_cast<std::size_t>(factors_.nnzL() + factors_.nnzU());
    }
    std::size_t bytes() const noexcept override { return n_entries() * (sizeof(double) + sizeof(wide_index)); }

private:
    static Eigen::Map<Eigen::VectorXd> right_of(lu_workspace& work) {
        return {work.numbers.data(), static_cast<Eigen::Index>(work.numbers.size())};
    }

    [[nodiscard]] sparse permuted(csr_view const& A) const {
        sparse matrix{A.n_rows, A.n_cols};
        Eigen::Matrix<wide_index, Eigen::Dynamic, 1> sizes{A.n_rows};
        for (index_t row = 0; row < A.n_rows; ++row) sizes[place_[row]] = A.row_start[row + 1] - A.row_start[row];
        matrix.reserve(sizes);
        std::vector<std::pair<index_t, double>> column;
        for (index_t row = 0; row < A.n_rows; ++row) {
            column.clear();
            for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
                column.emplace_back(place_[A.columns[e]], A.values[e]);
            std::ranges::sort(column, {}, [](auto const& entry) { return entry.first; });
            for (auto const& [place, value] : column) matrix.insert(place, place_[row]) = value;
        }
        matrix.makeCompressed();
        return matrix;
    }

    std::span<index_t const> place_;  // the analysis's, which outlives its factors
    sparse_lu factors_;
    std::ptrdiff_t accounted_ = 0;
};

class eigen_analysis final : public lu_analysis {
public:
    eigen_analysis(csr_view const& A, std::span<index_t const> ordering) {
        bool const is_symmetric = has_symmetric_structure(A);
        place_ = elimination_places(A, ordering, is_symmetric);
        // Where the order is for a symmetric structure, the diagonal is preferred as UMFPACK does.
        pivot_tolerance_ = is_symmetric || !ordering.empty() ? 0.1 : 1.0;
    }

    std::unique_ptr<lu_factors const> factor(csr_view const& A) const override {
        return std::make_unique<eigen_factors const>(A, place_, pivot_tolerance_);
    }

    lu_backend backend() const noexcept override { return lu_backend::eigen; }
    std::size_t bytes() const noexcept override { return place_.size() * sizeof(index_t); }

private:
    std::vector<index_t> place_;
    double pivot_tolerance_;
};

}  // namespace

std::unique_ptr<lu_analysis const> analyse_with_eigen(csr_view const& A, std::span<index_t const> ordering) {
    return std::make_unique<eigen_analysis const>(A, ordering);
}

}  // namespace poise::linear::detail
