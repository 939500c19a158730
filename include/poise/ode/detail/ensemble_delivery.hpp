// SPDX-License-Identifier: MIT
// Private to ode: who computes which trajectories, and in what order they reach sink and statistics.
#pragma once

#include <poise/ode/ensemble_options.hpp>
#include <poise/ode/ensemble_report.hpp>
#include <poise/ode/ensemble_statistics.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace poise::ode::detail {

/// Where what comes of trajectories goes: n_components numbers of y for each, and so many for each time of saved.
struct ensemble_rows {
    std::size_t n;
    std::size_t n_components;
    std::size_t n_times;
    double* y;
    double* saved;  ///< nullptr: none is kept
    trajectory_report* reports;
};

/// Trajectories are given out in chunks whose size depends on how many there are alone; statistics are those of
/// chunks, merged in their order, so that they are the same whoever computed what. Chunks may be ahead of the first
/// that is not complete by so many as there are places; who wants more than that waits, unless it has others to do.
/// All member functions are thread-safe.
class ensemble_delivery {
public:
    struct chunk {
        std::size_t first = 0, end = 0;  ///< numbers of trajectories
        std::size_t n_left = 0;          ///< of those that have not ended; only its owner looks at it
        double* saved = nullptr;         ///< of the first of them
        std::vector<double> own_saved;
        ensemble_statistics statistics;
        bool is_complete = false, is_given = false;
    };

    /// give(i, saved): to the sink; empty where there is none.
    ensemble_delivery(ensemble_rows const& rows, std::size_t n_threads, ensemble_statistics& total,
                      std::function<void(std::size_t, double const*)> give, sink_order order);

    /// To be integrated; nullptr where there is none now.
    [[nodiscard]] chunk* take() noexcept;
    /// Until take() has one; false where it will never have.
    [[nodiscard]] bool wait();
    /// All its trajectories have ended. What the sink throws leaves it, and then nothing is given out any more.
    void complete(chunk& ended);
    /// Nothing is given out any more.
    void stop() noexcept;

    [[nodiscard]] ensemble_rows const& rows() const noexcept { return rows_; }

private:
    [[nodiscard]] bool may_take() const noexcept;
    [[nodiscard]] chunk* next_to_give();
    void deliver_all();

    ensemble_rows rows_;
    std::size_t chunk_size_, n_chunks_;
    ensemble_statistics& total_;
    std::function<void(std::size_t, double const*)> give_;
    sink_order order_;
    std::vector<chunk> places_;  // of chunk c: c modulo their number
    std::mutex mutex_;
    std::condition_variable has_room_;
    std::atomic<std::size_t> n_taken_{0}, n_merged_{0};
    std::atomic<bool> is_stopped_{false};
    bool is_delivering_ = false;
};

}  // namespace poise::ode::detail
