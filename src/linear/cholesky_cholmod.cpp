// SPDX-License-Identifier: MIT
#include "core/serial_blas.hpp"
#include "linear/cholesky_implementation.hpp"
#include "linear/triangular_solve.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/memory.hpp>

#include <cholmod.h>

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace poise::linear {

bool has_cholmod() noexcept { return true; }

namespace {

// A cholmod_common: settings, status and scratch memory of the calls made with it. Not for two threads at once.
// Its allocations bypass operator new; they are told to the profiler when a call ends.
class session {
public:
    session() {
        if (cholmod_start(&common_) == 0) throw std::bad_alloc{};
        common_.print = 0;
        common_.error_handler = nullptr;
        common_.final_ll = 1;
    }
    ~session() {
        cholmod_finish(&common_);
        profile::account_memory(-accounted_);
    }
    session(session const&) = delete;
    session& operator=(session const&) = delete;

    [[nodiscard]] cholmod_common* get() noexcept { return &common_; }

    /// Throws what the status of the last call asks for. CHOLMOD reports through its status alone.
    void check(char const* step, index_t n_rows) {
        account();
        // Some calls leave the status of the one before: forgotten here, it cannot fail a later call.
        int const status = std::exchange(common_.status, CHOLMOD_OK);
        switch (status) {
            case CHOLMOD_OK:
            case CHOLMOD_DSMALL:
                return;
            case CHOLMOD_NOT_POSDEF:
                throw not_positive_definite{n_rows};
            case CHOLMOD_OUT_OF_MEMORY:
                throw std::bad_alloc{};
            case CHOLMOD_TOO_LARGE:
                return require_countable_factor(max_index + 1, n_rows);
            default:
                throw error{concat("CHOLMOD failed in ", step, " with status ", status)};
        }
    }

    void account() noexcept {
        auto const in_use = static_cast<std::ptrdiff_t>(common_.memory_inuse);
        profile::account_memory(in_use - accounted_);
        accounted_ = in_use;
    }

private:
    cholmod_common common_;
    std::ptrdiff_t accounted_ = 0;
};

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

class cholmod_factorisation final : public cholesky::implementation {
public:
    cholmod_factorisation(csr_view const& A, std::span<index_t const> ordering) {
        // CHOLMOD asks OpenMP for four threads in every supernode whatever the environment says, and OpenBLAS wakes its
        // own: on supernodes of a few dozen columns both cost more than the arithmetic, 2.3 times the whole
        // factorisation of 255² unknowns on two cores. One thread also makes the bits reproducible.
        poise::detail::serial_blas const one_blas_thread;
        poise::detail::serial_openmp const no_regions;
        auto matrix = lower_triangle_of(A);
        auto& common = *session_.get();
        common.nmethods = 1;
        // Supernodes may be merged while this share of them is zeros; CHOLMOD's own 0.8, 0.1, 0.05 are a tenth slower
        // on factors of a few thousand unknowns and no faster on larger ones.
        common.zrelax[1] = 0.3;
        common.zrelax[2] = 0.1;
        common.method[0].ordering = ordering.empty() ? CHOLMOD_AMD : CHOLMOD_GIVEN;
        factor_ = cholmod_analyze_p(&matrix, const_cast<index_t*>(ordering.data()), nullptr, 0, &common);
        session_.check("analysis", A.n_rows);
        try {
            require_memory_for_factor(factor_bytes(static_cast<std::size_t>(common.lnz)), A.n_rows);
            cholmod_factorize(&matrix, factor_, &common);
            session_.check("factorisation", A.n_rows);
            cholmod_free_work(&common);
            session_.account();
        } catch (...) {
            cholmod_free_factor(&factor_, &common);
            throw;
        }
        n_entries_ = factor_->is_super ? factor_->xsize : static_cast<std::size_t>(common.lnz);
    }

    ~cholmod_factorisation() override {
        cholmod_free_factor(&factor_, session_.get());
        session_.account();
    }

    void solve(std::span<double const> b, std::span<double> x) const override {
        std::span<index_t const> const order{static_cast<index_t const*>(factor_->Perm), b.size()};
        std::vector<double> permuted(b.size());
        for (std::size_t k = 0; k < order.size(); ++k) permuted[k] = b[order[k]];
        if (factor_->is_super)
            detail::solve_in_place(supernodes(), permuted);
        else
            detail::solve_in_place(columns(), permuted);
        for (std::size_t k = 0; k < order.size(); ++k) x[order[k]] = permuted[k];
    }

    cholesky_backend backend() const noexcept override { return cholesky_backend::cholmod; }
    std::size_t n_entries() const noexcept override { return n_entries_; }
    std::size_t bytes() const noexcept override { return factor_bytes(n_entries_); }

private:
    [[nodiscard]] detail::supernodal_factor supernodes() const {
        auto const indices = [](void const* first, std::size_t n) {
            return std::span{static_cast<index_t const*>(first), n};
        };
        std::size_t const n_bounds = factor_->nsuper + 1;
        return {indices(factor_->super, n_bounds), indices(factor_->pi, n_bounds), indices(factor_->px, n_bounds),
                indices(factor_->s, factor_->ssize), static_cast<double const*>(factor_->x)};
    }
    [[nodiscard]] detail::simplicial_factor columns() const {
        return {{static_cast<index_t const*>(factor_->p), factor_->n + 1},
                {static_cast<index_t const*>(factor_->nz), factor_->n},
                static_cast<index_t const*>(factor_->i),
                static_cast<double const*>(factor_->x)};
    }

    // Supernodes store whole blocks, their explicit zeros included; a simplicial factor stores an index with each
    // number.
    [[nodiscard]] std::size_t factor_bytes(std::size_t entries) const noexcept {
        if (factor_->is_super) return factor_->xsize * sizeof(double) + factor_->ssize * sizeof(index_t);
        return entries * (sizeof(double) + sizeof(index_t)) + factor_->n * 4 * sizeof(index_t);
    }

    session session_;
    cholmod_factor* factor_ = nullptr;
    std::size_t n_entries_ = 0;
};

}  // namespace

std::unique_ptr<cholesky::implementation> factor_with_cholmod(csr_view A, std::span<index_t const> ordering) {
    return std::make_unique<cholmod_factorisation>(A, ordering);
}

}  // namespace poise::linear
