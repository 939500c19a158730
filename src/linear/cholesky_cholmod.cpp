// SPDX-License-Identifier: MIT
#include "core/serial_blas.hpp"
#include "linear/cholesky_factors.hpp"
#include "linear/cholmod_rank_change.hpp"
#include "linear/cholmod_session.hpp"

#include <cholmod.h>

#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

namespace poise::linear {

bool has_cholmod() noexcept { return true; }

namespace detail {
namespace {

cholmod_sparse lower_triangle_of(csr_view const& A) {
    cholmod_sparse view{};
    view.nrow = view.ncol = static_cast<std::size_t>(A.n_rows);
    view.nzmax = A.n_entries();
    // CHOLMOD takes columns; of a symmetric matrix they are the rows. It does not write through these pointers.
    view.p = const_cast<index_t*>(A.row_start.data());
    view.i = const_cast<index_t*>(A.columns.data());
    view.x = const_cast<double*>(A.values.data());
    view.stype = -1;
    view.itype = CHOLMOD_INT;
    view.xtype = CHOLMOD_REAL;
    view.dtype = CHOLMOD_DOUBLE;
    view.sorted = 1;
    view.packed = 1;
    return view;
}

std::span<index_t const> indices(void const* first, std::size_t n) { return {static_cast<index_t const*>(first), n}; }

supernodal_factor supernodes_of(cholmod_factor const& L) {
    std::size_t const n_bounds = L.nsuper + 1;
    return {indices(L.super, n_bounds), indices(L.pi, n_bounds), indices(L.px, n_bounds), indices(L.s, L.ssize),
            static_cast<double const*>(L.x)};
}
simplicial_factor columns_of(cholmod_factor const& L) {
    return {indices(L.p, L.n), indices(L.nz, L.n), static_cast<index_t const*>(L.i), static_cast<double const*>(L.x),
            L.is_ll == 0};
}
triangular_factor view_of(cholmod_factor const& L) {
    auto const order = indices(L.Perm, L.n);
    if (L.is_super != 0) return {order, supernodes_of(L)};
    return {order, columns_of(L)};
}

class cholmod_factors final : public cholesky_factors {
public:
    cholmod_factors(csr_view const& A, std::span<index_t const> ordering)
        : symbolic_{session_, analyse(A, ordering)}, numeric_{factor(A)} {
        count_entries();
    }

    void refactor(csr_view const& A) override {
        numeric_ = factor(A);
        count_entries();
    }

    void change(csr_view const& C, rank_change what) override {
        auto const columns = columns_in_order(C, indices(numeric_->Perm, numeric_->n));
        std::optional<cholmod_handle> converted;
        if (numeric_->is_super != 0 || numeric_->is_ll != 0) converted = as_ldl();
        cholmod_rank_change{session_, *(converted ? *converted : numeric_).get()}.apply(columns, what);
        if (converted) numeric_ = std::move(*converted);
        count_entries();
    }

    triangular_factor view() const noexcept override { return view_of(*numeric_.get()); }
    cholesky_backend backend() const noexcept override { return cholesky_backend::cholmod; }
    std::size_t n_entries() const noexcept override { return n_entries_; }
    std::size_t bytes() const noexcept override {
        return (numeric_->is_super != 0 ? factor_bytes() : simplicial_bytes(numeric_->nzmax)) + analysis_bytes();
    }

private:
    cholmod_factor* analyse(csr_view const& A, std::span<index_t const> ordering) {
        auto& common = *session_.get();
        auto matrix = lower_triangle_of(A);
        common.nmethods = 1;
        // Supernodes may be merged while this share of them is zeros; CHOLMOD's own 0.8, 0.1, 0.05 are a tenth slower
        // on factors of a few thousand unknowns and no faster on larger ones.
        common.zrelax[1] = 0.3;
        common.zrelax[2] = 0.1;
        common.method[0].ordering = ordering.empty() ? CHOLMOD_AMD : CHOLMOD_GIVEN;
        auto* const made = cholmod_analyze_p(&matrix, const_cast<index_t*>(ordering.data()), nullptr, 0, &common);
        n_predicted_ = static_cast<std::size_t>(common.lnz);
        session_.check("analysis", A.n_rows);
        return made;
    }

    cholmod_handle factor(csr_view const& A) {
        // CHOLMOD asks OpenMP for four threads in every supernode whatever the environment says, and OpenBLAS wakes its
        // own: on supernodes of a few dozen columns both cost more than the arithmetic, 2.3 times the whole
        // factorisation of 255² unknowns on two cores. One thread also makes the bits reproducible.
        poise::detail::serial_blas const one_blas_thread;
        poise::detail::serial_openmp const no_regions;
        require_memory_for_factor(factor_bytes(), A.n_rows);
        auto made = copy_of(symbolic_);
        auto matrix = lower_triangle_of(A);
        cholmod_factorize(&matrix, made.get(), session_.get());
        session_.check("factorisation", A.n_rows);
        // CHOLMOD takes a pivot of NaN, which infinities leave, for a positive one.
        if (!has_positive_pivots(view_of(*made.get()))) throw not_positive_definite{A.n_rows};
        return made;
    }

    cholmod_handle as_ldl() {
        auto const n = static_cast<index_t>(numeric_->n);
        require_memory_for_factor(simplicial_bytes(n_entries_), n);
        auto made = copy_of(numeric_);
        cholmod_change_factor(CHOLMOD_REAL, 0, 0, 0, 0, made.get(), session_.get());
        session_.check("the change to L D L'", n);
        return made;
    }

    cholmod_handle copy_of(cholmod_handle const& factor) {
        cholmod_handle made{session_, cholmod_copy_factor(factor.get(), session_.get())};
        session_.check("a copy", static_cast<index_t>(factor->n));
        return made;
    }

    void count_entries() noexcept {
        auto const counts = indices(numeric_->nz, numeric_->is_super != 0 ? 0 : numeric_->n);
        n_entries_ =
            numeric_->is_super != 0 ? numeric_->xsize : std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    }

    // Supernodes store whole blocks, their explicit zeros included; a simplicial factor stores an index with each
    // number.
    [[nodiscard]] std::size_t factor_bytes() const noexcept {
        if (symbolic_->is_super != 0) return symbolic_->xsize * sizeof(double) + symbolic_->ssize * sizeof(index_t);
        return simplicial_bytes(n_predicted_);
    }
    [[nodiscard]] std::size_t simplicial_bytes(std::size_t entries) const noexcept {
        return entries * (sizeof(double) + sizeof(index_t)) + symbolic_->n * 4 * sizeof(index_t);
    }
    [[nodiscard]] std::size_t analysis_bytes() const noexcept {
        return (2 * symbolic_->n + (symbolic_->is_super != 0 ? symbolic_->ssize : 0)) * sizeof(index_t);
    }

    cholmod_session session_;
    std::size_t n_predicted_ = 0;
    cholmod_handle symbolic_;
    cholmod_handle numeric_;
    std::size_t n_entries_ = 0;
};

}  // namespace

std::unique_ptr<cholesky_factors> factor_with_cholmod(csr_view const& A, std::span<index_t const> ordering) {
    return std::make_unique<cholmod_factors>(A, ordering);
}

}  // namespace detail
}  // namespace poise::linear
