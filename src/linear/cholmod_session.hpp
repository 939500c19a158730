// SPDX-License-Identifier: MIT
// Private to src/linear, and only where poise is built with SuiteSparse: CHOLMOD's calls, each of them checked.
#pragma once

#include "linear/cholesky_factors.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/memory.hpp>

#include <cholmod.h>

#include <new>
#include <utility>

namespace poise::linear::detail {

/// A cholmod_common: settings, status and scratch memory of the calls made with it. Not for two threads at once.
/// Its allocations bypass operator new; they are told to the profiler when a call ends.
class cholmod_session {
public:
    cholmod_session() {
        if (cholmod_start(&common_) == 0) throw std::bad_alloc{};
        common_.print = 0;
        common_.error_handler = nullptr;
        common_.final_ll = 1;
    }
    ~cholmod_session() {
        cholmod_finish(&common_);
        profile::account_memory(-accounted_);
    }
    cholmod_session(cholmod_session const&) = delete;
    cholmod_session& operator=(cholmod_session const&) = delete;

    [[nodiscard]] cholmod_common* get() noexcept { return &common_; }

    /// Frees the scratch memory of the last call and throws what its status asks for: CHOLMOD reports through that
    /// alone.
    void check(char const* step, index_t n_rows) {
        // Some calls leave the status of the one before: forgotten here, it cannot fail a later call.
        int const status = std::exchange(common_.status, CHOLMOD_OK);
        cholmod_free_work(&common_);
        account();
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

/// Owns a cholmod_factor, or nothing, which outlives the session no more than its memory does.
class cholmod_handle {
public:
    cholmod_handle(cholmod_session& session, cholmod_factor* factor) noexcept : session_{&session}, factor_{factor} {}
    ~cholmod_handle() {
        cholmod_free_factor(&factor_, session_->get());
        session_->account();
    }
    cholmod_handle(cholmod_handle&& other) noexcept
        : session_{other.session_}, factor_{std::exchange(other.factor_, nullptr)} {}
    cholmod_handle& operator=(cholmod_handle&& other) noexcept {
        std::swap(factor_, other.factor_);
        return *this;
    }

    [[nodiscard]] cholmod_factor* get() const noexcept { return factor_; }
    [[nodiscard]] cholmod_factor* operator->() const noexcept { return factor_; }

private:
    cholmod_session* session_;
    cholmod_factor* factor_;
};

}  // namespace poise::linear::detail
