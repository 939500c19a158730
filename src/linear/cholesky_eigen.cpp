// SPDX-License-Identifier: MIT
#include "linear/cholesky_implementation.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/memory.hpp>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

namespace poise::linear {
namespace {

using sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, index_t>;
using permutation = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, index_t>;

// Knows after the analysis how large the factor will be, which the base class keeps to itself.
struct simplicial_factor : Eigen::SimplicialLLT<sparse, Eigen::Lower, Eigen::NaturalOrdering<index_t>> {
    [[nodiscard]] std::size_t analysed_entries() const {
        return static_cast<std::size_t>(m_matrix.outerIndexPtr()[m_matrix.cols()]);
    }
};

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

class eigen_factorisation final : public cholesky::implementation {
public:
    eigen_factorisation(csr_view const& A, std::span<index_t const> ordering) {
        // Of a symmetric matrix, rows are columns.
        Eigen::Map<sparse const> const matrix{A.n_rows,           A.n_cols,         static_cast<index_t>(A.n_entries()),
                                              A.row_start.data(), A.columns.data(), A.values.data()};
        order_ = elimination_order(matrix, ordering);
        sparse permuted{A.n_rows, A.n_cols};
        permuted.selfadjointView<Eigen::Lower>() = matrix.selfadjointView<Eigen::Lower>().twistedBy(order_);
        factor_.analyzePattern(permuted);
        n_entries_ = factor_.analysed_entries();
        require_memory_for_factor(bytes(), A.n_rows);
        factor_.factorize(permuted);
        if (factor_.info() != Eigen::Success) throw not_positive_definite{A.n_rows};
        profile::account_memory(static_cast<std::ptrdiff_t>(bytes()));
        accounted_ = true;
    }
    ~eigen_factorisation() override {
        if (accounted_) profile::account_memory(-static_cast<std::ptrdiff_t>(bytes()));
    }

    void solve(std::span<double const> b, std::span<double> x) const override {
        Eigen::Map<Eigen::VectorXd const> const rhs{b.data(), static_cast<Eigen::Index>(b.size())};
        Eigen::VectorXd permuted = order_ * rhs;
        factor_.matrixL().solveInPlace(permuted);
        factor_.matrixU().solveInPlace(permuted);
        Eigen::Map<Eigen::VectorXd>{x.data(), static_cast<Eigen::Index>(x.size())} = order_.inverse() * permuted;
    }

    cholesky_backend backend() const noexcept override { return cholesky_backend::eigen; }
    std::size_t n_entries() const noexcept override { return n_entries_; }
    std::size_t bytes() const noexcept override {
        return n_entries_ * (sizeof(double) + sizeof(index_t)) +
               static_cast<std::size_t>(factor_.rows()) * 4 * sizeof(index_t);
    }

private:
    permutation order_;
    simplicial_factor factor_;
    std::size_t n_entries_ = 0;
    bool accounted_ = false;
};

}  // namespace

std::unique_ptr<cholesky::implementation> factor_with_eigen(csr_view A, std::span<index_t const> ordering) {
    return std::make_unique<eigen_factorisation>(A, ordering);
}

}  // namespace poise::linear
