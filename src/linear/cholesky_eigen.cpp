// SPDX-License-Identifier: MIT
#include "linear/cholesky_implementation.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

#include <vector>

namespace poise::linear {
namespace {

using sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, index_t>;
using permutation = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, index_t>;
using simplicial = Eigen::SimplicialLLT<sparse, Eigen::Lower, Eigen::NaturalOrdering<index_t>>;

// Row k of the result is the place of unknown k in the elimination order, which is how Eigen applies permutations.
permutation elimination_order(Eigen::Map<sparse const> const& A, std::span<index_t const> ordering) {
    permutation order{A.rows()};
    if (ordering.empty()) {
        permutation inverse;
        sparse const full = A;
        Eigen::AMDOrdering<index_t>{}(full, inverse);
        return inverse.inverse();
    }
    for (std::size_t k = 0; k < ordering.size(); ++k) order.indices()[ordering[k]] = static_cast<index_t>(k);
    return order;
}

// The entries of L, row by row from the subtrees of the elimination tree; gives up once there are more than index_t
// counts. Eigen sums the same in int, and would write past an array of the wrapped size. O(entries of L).
// Source: Davis (2006), Direct Methods for Sparse Linear Systems, §4.1.
std::size_t count_factor_entries(csr_view const& A, permutation const& order) {
    auto const n = static_cast<std::size_t>(A.n_rows);
    std::vector<index_t> unknown(n), parent(n, -1), reached_from(n, -1);
    for (std::size_t u = 0; u < n; ++u) unknown[order.indices()[u]] = static_cast<index_t>(u);
    std::size_t entries = n;
    for (index_t k = 0; k < A.n_rows && entries <= max_index; ++k)
        for (index_t e = A.row_start[unknown[k]]; e < A.row_start[unknown[k] + 1]; ++e)
            for (index_t i = order.indices()[A.columns[e]]; i < k && reached_from[i] != k; i = parent[i]) {
                if (parent[i] < 0) parent[i] = k;
                reached_from[i] = k;
                ++entries;
            }
    return entries;
}

class eigen_factorisation final : public cholesky::implementation {
public:
    eigen_factorisation(csr_view const& A, std::span<index_t const> ordering) {
        // Of a symmetric matrix, rows are columns.
        Eigen::Map<sparse const> const matrix{A.n_rows,           A.n_cols,         static_cast<index_t>(A.n_entries()),
                                              A.row_start.data(), A.columns.data(), A.values.data()};
        order_ = elimination_order(matrix, ordering);
        n_entries_ = count_factor_entries(A, order_);
        require_countable_factor(n_entries_, A.n_rows);
        require_memory_for_factor(bytes_of(n_entries_, A.n_rows), A.n_rows);
        sparse permuted{A.n_rows, A.n_cols};
        permuted.selfadjointView<Eigen::Lower>() = matrix.selfadjointView<Eigen::Lower>().twistedBy(order_);
        factor_.compute(permuted);
        if (factor_.info() != Eigen::Success) throw not_positive_definite{A.n_rows};
        accounted_ = static_cast<std::ptrdiff_t>(bytes_of(n_entries_, A.n_rows));
        profile::account_memory(accounted_);
    }
    ~eigen_factorisation() override { profile::account_memory(-accounted_); }

    void solve(std::span<double const> b, std::span<double> x) const override {
        Eigen::Map<Eigen::VectorXd const> const rhs{b.data(), static_cast<Eigen::Index>(b.size())};
        Eigen::VectorXd permuted = order_ * rhs;
        factor_.matrixL().solveInPlace(permuted);
        factor_.matrixU().solveInPlace(permuted);
        Eigen::Map<Eigen::VectorXd>{x.data(), static_cast<Eigen::Index>(x.size())} = order_.inverse() * permuted;
    }

    cholesky_backend backend() const noexcept override { return cholesky_backend::eigen; }
    std::size_t n_entries() const noexcept override { return n_entries_; }
    std::size_t bytes() const noexcept override { return bytes_of(n_entries_, n_rows); }

private:
    static std::size_t bytes_of(std::size_t entries, index_t n) noexcept {
        return entries * (sizeof(double) + sizeof(index_t)) + static_cast<std::size_t>(n) * 4 * sizeof(index_t);
    }

    permutation order_;
    simplicial factor_;
    std::size_t n_entries_ = 0;
    std::ptrdiff_t accounted_ = 0;
};

}  // namespace

std::unique_ptr<cholesky::implementation> factor_with_eigen(csr_view A, std::span<index_t const> ordering) {
    return std::make_unique<eigen_factorisation>(A, ordering);
}

}  // namespace poise::linear
