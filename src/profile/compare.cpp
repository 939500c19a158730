// SPDX-License-Identifier: MIT
#include "profile/looks.hpp"
#include "profile/remembered.hpp"
#include "profile/slices.hpp"
#include "profile/statistics.hpp"
#include "profile/verdicts.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/compare.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace poise::profile {
namespace {

using detail::calibrated, detail::looks;

// From so many calls a slice, one more without the clock costs less than it helps: it finds its data in the caches
// where the one before left other data.
constexpr std::uint64_t calls_worth_a_run_in = 8;

class contest {
public:
    contest(std::vector<named_body> const& bodies, compare_options const& options)
        : bodies_{bodies},
          options_{options},
          schedule_{(1.0 - options.confidence) / static_cast<double>(bodies.size() - 1), options.max_time_s},
          logarithms_(bodies.size()),
          slices_s_(bodies.size()),
          order_(bodies.size()) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        calibrate();
    }

    comparison run() {
        for (;;) {
            play_round();
            bool const over = 2 * interrupted_.size() >= options_.max_pairs;
            // Ends before the time is out, if one more round might take it too far.
            double const error = schedule_.due(running_.seconds() + longest_round_s_, n_usable(), over);
            if (error == 0.0) continue;
            comparison found = result(1.0 - error);
            if (schedule_.ended() || decided(found)) return found;
        }
    }

private:
    void calibrate();
    void play_round();
    double timed(std::size_t b);

    [[nodiscard]] std::size_t n_clean() const { return interrupted_.size() - n_interrupted_; }
    // Where most rounds are interrupted, as all are of a body that takes longer than the kernel's turns, leaving them
    // out would leave nothing.
    [[nodiscard]] bool takes_all() const { return 2 * n_clean() < interrupted_.size(); }
    [[nodiscard]] std::size_t n_usable() const { return takes_all() ? interrupted_.size() : n_clean(); }
    [[nodiscard]] std::vector<double> usable(std::vector<double> const& rounds) const;
    [[nodiscard]] comparison result(double confidence) const;
    [[nodiscard]] contender result_of(std::size_t b, double confidence) const;
    static bool decided(comparison const& found) {
        return std::ranges::none_of(found.contenders, [](auto const& c) { return c.outcome == verdict::undecided; });
    }

    timer running_;
    std::vector<named_body> const& bodies_;
    compare_options const& options_;
    looks schedule_;
    std::vector<std::uint64_t> calls_;
    // Of each round: the logarithm of a body's time over the first one's, of the first's two slices over each other in
    // [0], and whether it was interrupted.
    std::vector<std::vector<double>> logarithms_;
    double longest_round_s_ = 0.0;
    std::vector<bool> interrupted_;
    std::size_t n_interrupted_ = 0;
    std::vector<std::vector<double>> slices_s_;
    std::vector<std::size_t> order_;
    // The noise cannot know the order, whatever the seed.
    std::mt19937_64 random_{1};
};

// Bodies that take about as long as the first get as many calls: what a slice costs at its start then weighs the same.
void contest::calibrate() {
    std::vector<calibrated> found;
    for (named_body const& one : bodies_)
        found.push_back(detail::calibrate(one.body.loop(), options_.slice_s, options_.warm_up_s));
    auto const is_alike = [first_s = found[0].call_s](calibrated const& c) {
        return c.call_s < 2.0 * first_s && first_s < 2.0 * c.call_s;
    };
    std::uint64_t common = found[0].calls;
    for (calibrated const& c : found)
        if (is_alike(c)) common = std::min(common, c.calls);
    for (calibrated const& c : found) calls_.push_back(is_alike(c) ? common : c.calls);
}

double contest::timed(std::size_t b) {
    detail::loop const body = bodies_[b].body.loop();
    if (calls_[b] >= calls_worth_a_run_in) body(1);
    double const call_s = detail::seconds_of(body, calls_[b]) / static_cast<double>(calls_[b]);
    slices_s_[b].push_back(call_s);
    return std::log(call_s);
}

// Forth and back: whatever grows evenly during the round, clock rates or caches of others, adds the same to each body.
void contest::play_round() {
    std::ranges::shuffle(order_, random_);
    bool const turned = (random_() & 1U) != 0;
    std::vector<double> forth(order_.size());
    std::vector<double> back(order_.size());
    std::uint64_t const switches = detail::involuntary_switches();
    timer const round;
    for (std::size_t i = 0; i < order_.size(); ++i) forth[order_[i]] = timed(order_[i]);
    for (std::size_t i = order_.size(); i-- > 0;) back[order_[i]] = timed(order_[i]);
    longest_round_s_ = std::max(longest_round_s_, round.seconds());
    interrupted_.push_back(detail::involuntary_switches() != switches);
    n_interrupted_ += interrupted_.back() ? 1 : 0;
    logarithms_[0].push_back(turned ? forth[0] - back[0] : back[0] - forth[0]);
    for (std::size_t b = 1; b < order_.size(); ++b)
        logarithms_[b].push_back((forth[b] + back[b] - forth[0] - back[0]) / 2.0);
}

std::vector<double> contest::usable(std::vector<double> const& rounds) const {
    if (takes_all()) return rounds;
    std::vector<double> clean;
    clean.reserve(rounds.size());
    for (std::size_t r = 0; r < rounds.size(); ++r)
        if (!interrupted_[r]) clean.push_back(rounds[r]);
    return clean;
}

interval exponential(interval const& logarithms) { return {std::exp(logarithms.low), std::exp(logarithms.high)}; }

contender contest::result_of(std::size_t b, double confidence) const {
    contender one;
    one.times = detail::summary_of(bodies_[b].name, calls_[b], slices_s_[b], options_.confidence);
    if (b == 0) return one;
    auto const logarithms = usable(logarithms_[b]);
    one.ratio = std::exp(detail::median(logarithms));
    one.ratio_interval = exponential(detail::median_interval(logarithms, confidence));
    one.outcome = detail::judge(one.ratio_interval, options_.min_effect);
    return one;
}

comparison contest::result(double confidence) const {
    comparison found;
    found.name = options_.name;
    for (std::size_t b = 0; b < bodies_.size(); ++b) found.contenders.push_back(result_of(b, confidence));
    found.pairs = 2 * n_usable();
    found.min_effect = options_.min_effect;
    found.noise_floor = exponential(detail::median_interval(usable(logarithms_[0]), confidence));
    found.duration_s = running_.seconds();
    return found;
}

void require(std::vector<named_body> const& bodies, compare_options const& options) {
    POISE_REQUIRE(bodies.size() >= 2, "there are ", bodies.size(), " bodies to compare; it takes at least 2");
    for (std::size_t b = 0; b < bodies.size(); ++b) {
        std::string const& name = bodies[b].name;
        POISE_REQUIRE(!name.empty(), "body ", b, " has an empty name; give every body one of its own");
        bool const is_new = std::none_of(bodies.begin(), bodies.begin() + static_cast<std::ptrdiff_t>(b),
                                         [&](named_body const& earlier) { return earlier.name == name; });
        POISE_REQUIRE(is_new, "two bodies are named '", name, "'; give every body a name of its own");
    }
    detail::require_slice_options(options.slice_s, options.max_time_s, options.warm_up_s, options.confidence);
    POISE_REQUIRE(std::isfinite(options.min_effect) && options.min_effect >= 0.0, "min_effect is ", options.min_effect,
                  "; it is a share, such as 0.01 for 1 %");
    double const error = (1.0 - options.confidence) / static_cast<double>(bodies.size() - 1);
    std::size_t const least = 2 * detail::least_for_median_interval(1.0 - error);
    POISE_REQUIRE(options.max_pairs >= least, "max_pairs is ", options.max_pairs, "; ", bodies.size(),
                  " bodies and confidence ", options.confidence, " need at least ", least);
}

}  // namespace

contender const* comparison::find(std::string_view name_of_one) const noexcept {
    for (contender const& one : contenders)
        if (one.times.name == name_of_one) return &one;
    return nullptr;
}

comparison compare(std::vector<named_body> const& bodies, compare_options const& options) {
    require(bodies, options);
    comparison found = contest{bodies, options}.run();
    detail::remember(found);
    return found;
}

}  // namespace poise::profile
