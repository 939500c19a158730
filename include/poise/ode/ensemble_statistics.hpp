// SPDX-License-Identifier: MIT
// The distribution of the states of an ensemble.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace poise::ode {

/// Of a component, at every saved time: how many lie in each of n_bins equal parts of [lower, upper].
struct histogram_range {
    std::size_t component = 0;
    double lower = 0.0;
    double upper = 1.0;
    std::size_t n_bins = 20;
};

struct histogram {
    histogram_range range;
    std::vector<std::size_t> counts;  ///< of each bin; `upper` itself is in the last
    std::size_t n_below = 0;
    std::size_t n_above = 0;

    void add(double x);
    void merge(histogram const& other);
    /// Where bin number i begins; bin n_bins would begin at `upper`.
    [[nodiscard]] double edge(std::size_t i) const noexcept;
};

/// Mean, variance, smallest and largest value of every component at every time, and histograms, of all trajectories
/// that came that far. Made one state after the other, and merged: nothing is kept of a state. The same calls in the
/// same order give the same bits. Source: Welford (1962), Technometrics 4, 419; Chan, Golub & LeVeque (1983), Amer.
/// Statist. 37, 242 (merging).
class ensemble_statistics {
public:
    ensemble_statistics() = default;
    /// Throws std::invalid_argument for a range of a component that is not there, of no bins, or that is empty.
    ensemble_statistics(std::vector<double> times, std::size_t n_components,
                        std::vector<histogram_range> const& ranges = {});

    /// states: those of one trajectory at the first so many of the times, n_components each.
    void add(std::span<double const> states);
    /// As if everything the other was given had been given to this; it is of the same times, components and ranges.
    void merge(ensemble_statistics const& other);
    void clear() noexcept;

    [[nodiscard]] std::vector<double> const& times() const noexcept { return times_; }
    [[nodiscard]] std::size_t n_components() const noexcept { return n_components_; }

    // `time` is the number of one of times(). Throw std::invalid_argument where there is no such time or component.
    /// How many trajectories came that far.
    [[nodiscard]] std::size_t count(std::size_t time) const;
    [[nodiscard]] double mean(std::size_t time, std::size_t component) const;
    /// That of a sample, Σ (y − mean)² / (count − 1); NaN of fewer than two.
    [[nodiscard]] double variance(std::size_t time, std::size_t component) const;
    [[nodiscard]] double min(std::size_t time, std::size_t component) const;
    [[nodiscard]] double max(std::size_t time, std::size_t component) const;
    /// Of range number i of those that it was made with.
    [[nodiscard]] ode::histogram const& histogram(std::size_t time, std::size_t i = 0) const;

private:
    [[nodiscard]] std::size_t place(std::size_t time, std::size_t component) const;

    std::vector<double> times_;
    std::size_t n_components_ = 0;
    std::size_t n_ranges_ = 0;
    std::vector<std::size_t> counts_;
    std::vector<double> mean_, square_, min_, max_;  // square: Σ (y − mean)²
    std::vector<ode::histogram> histograms_;         // of one time after the other
};

}  // namespace poise::ode
