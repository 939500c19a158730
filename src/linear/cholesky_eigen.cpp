// SPDX-License-Identifier: MIT
#include "linear/cholesky_factors.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

#include <algorithm>
#include <utility>
#include <vector>

namespace poise::linear::detail {
namespace {

using sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, index_t>;
using permutation = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, index_t>;

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

// Of a symmetric matrix, rows are columns.
Eigen::Map<sparse const> columns_of(csr_view const& A) {
    return {A.n_rows,           A.n_cols,         static_cast<index_t>(A.n_entries()),
            A.row_start.data(), A.columns.data(), A.values.data()};
}

// Its matrices come in elimination order.
class llt : public Eigen::SimplicialLLT<sparse, Eigen::Upper, Eigen::NaturalOrdering<index_t>> {
public:
    /// As after analyzePattern() of what the other one analysed: the elimination tree, and where each column begins.
    void analyse_as(llt const& other) {
        m_parent = other.m_parent;
        m_nonZerosPerCol = other.m_nonZerosPerCol;
        m_matrix.resize(other.m_matrix.rows(), other.m_matrix.cols());
        std::copy_n(other.m_matrix.outerIndexPtr(), m_matrix.outerSize() + 1, m_matrix.outerIndexPtr());
        m_matrix.resizeNonZeros(other.m_matrix.outerIndexPtr()[m_matrix.outerSize()]);
        m_analysisIsOk = true;
        m_factorizationIsOk = false;
    }

    [[nodiscard]] bool is_factored() const noexcept { return m_info == Eigen::Success; }

    [[nodiscard]] simplicial_factor view() const noexcept {
        auto const n = static_cast<std::size_t>(m_matrix.outerSize());
        return {{m_matrix.outerIndexPtr(), n},
                {m_nonZerosPerCol.data(), n},
                m_matrix.innerIndexPtr(),
                m_matrix.valuePtr(),
                false};
    }
};

class eigen_factors final : public cholesky_factors {
public:
    eigen_factors(csr_view const& A, std::span<index_t const> ordering)
        : places_{elimination_order(columns_of(A), ordering)},
          order_(static_cast<std::size_t>(A.n_rows)),
          n_entries_{count_factor_entries(A, places_)},
          llt_{std::make_unique<llt>()} {
        for (index_t u = 0; u < A.n_rows; ++u) order_[places_.indices()[u]] = u;
        require_countable_factor(n_entries_, A.n_rows);
        require_memory_for_factor(factor_bytes(), A.n_rows);
        sparse const matrix = permuted(A);
        llt_->analyzePattern(matrix);
        factor(matrix, *llt_);
        accounted_ = static_cast<std::ptrdiff_t>(factor_bytes());
        profile::account_memory(accounted_);
    }
    ~eigen_factors() override { profile::account_memory(-accounted_); }

    void refactor(csr_view const& A) override {
        require_memory_for_factor(factor_bytes(), A.n_rows);
        auto made = std::make_unique<llt>();
        made->analyse_as(*llt_);
        factor(permuted(A), *made);
        llt_ = std::move(made);
    }

    void change(csr_view const&, rank_change) override {
        throw_invalid(
            "Eigen's Cholesky factor cannot be updated: refactor() with the matrix that is meant, or choose "
            "cholesky_backend::cholmod (poise built with -DPOISE_SUITESPARSE=ON, package libsuitesparse-dev)");
    }

    triangular_factor view() const noexcept override { return {order_, llt_->view()}; }
    cholesky_backend backend() const noexcept override { return cholesky_backend::eigen; }
    std::size_t n_entries() const noexcept override { return n_entries_; }
    std::size_t bytes() const noexcept override { return factor_bytes() + 2 * order_.size() * sizeof(index_t); }

private:
    [[nodiscard]] sparse permuted(csr_view const& A) const {
        sparse matrix{A.n_rows, A.n_cols};
        matrix.selfadjointView<Eigen::Upper>() = columns_of(A).selfadjointView<Eigen::Lower>().twistedBy(places_);
        return matrix;
    }

    // Eigen takes a pivot of NaN, which infinities leave, for a positive one.
    void factor(sparse const& matrix, llt& into) const {
        into.factorize(matrix);
        if (!into.is_factored() || !has_positive_pivots({order_, into.view()}))
            throw not_positive_definite{static_cast<index_t>(order_.size())};
    }

    // Of each column: where it begins, how many entries it has, and its parent.
    [[nodiscard]] std::size_t factor_bytes() const noexcept {
        return n_entries_ * (sizeof(double) + sizeof(index_t)) + order_.size() * 3 * sizeof(index_t);
    }

    permutation places_;
    std::vector<index_t> order_;
    std::size_t n_entries_;
    std::unique_ptr<llt> llt_;
    std::ptrdiff_t accounted_ = 0;
};

}  // namespace

std::unique_ptr<cholesky_factors> factor_with_eigen(csr_view const& A, std::span<index_t const> ordering) {
    return std::make_unique<eigen_factors>(A, ordering);
}

}  // namespace poise::linear::detail
