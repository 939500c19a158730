// SPDX-License-Identifier: MIT
#include "pde/reaction/stabilised_stepper.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/ode/detail/rkl2_stages.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace poise::pde::detail {
namespace {

template <std::size_t D>
species_values arrays_of(species_system<D> const& system) {
    return species_values(system.n_species(), poise::detail::large_vector<double>(system.layout().size()));
}

}  // namespace

template <std::size_t D>
stabilised_stepper<D>::stabilised_stepper(species_system<D>& system, species_problem<D> const& problem,
                                          species_options<D> const& options, species_values u)
    : system_{system},
      options_{options},
      layout_{system.layout()},
      span_{problem.t.end - problem.t.begin},
      t_{problem.t.begin},
      diffusion_{system.largest_diffusion()},
      y_{arrays_of(system)},
      slope_{y_},
      end_slope_{y_},
      packed_{std::move(u)},
      stages_{y_, y_},
      plan_(most_stages + 1),
      size_(system.n_species()),
      size_after_(system.n_species()) {
    auto const S = static_cast<std::ptrdiff_t>(system.n_species());
    std::ptrdiff_t const line = D == 1 ? unit_length : layout_.width;
    shape_ = {.n_units = D == 1 ? (layout_.n[0] + unit_length - 1) / unit_length : layout_.n[D - 1],
              .n_lines = D == 3 ? layout_.n[1] : 1,
              .n_unknowns = S * layout_.n[0] * layout_.n_lines(),
              .unit_bytes = 8 * line * 4 * S,
              .unit_strip = D == 2 ? std::clamp<std::ptrdiff_t>(8'192 / (8 * line * S), 1, 8) : 1,
              .is_ring = system.is_periodic(D - 1),
              .cuts_planes = D == 3 && !system.is_periodic(1)};
    auto const n_sums = static_cast<std::size_t>(D == 1 ? shape_.n_units : layout_.n_lines());
    sums_.resize(n_sums * system.n_species());
    for (std::size_t s = 0; s < system.n_species(); ++s) {
        double const* from = packed_[s].data();
        system.for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
            std::copy_n(from, layout_.n[0], y_[s].data() + layout_.offset(j, k));
            from += layout_.n[0];
        });
        size_[s] = dot(packed_[s], packed_[s]);
    }
    restart();
}

template <std::size_t D>
void stabilised_stepper<D>::restart() {
    latest_ = t_;
    steps_to_estimate_ = 0;
    if (system_.has_constant_data()) system_.evaluate_data(t_);
    find_slope(slope_);
}

// Of y.
template <std::size_t D>
void stabilised_stepper<D>::find_slope(species_values& slope) {
    slope_of_ = &y_, slope_to_ = &slope;
    n_stages_ = 0;
    plan_[0].c = 0.0;
    h_ = 0.0;
    sweep(1);
}

template <std::size_t D>
double stabilised_stepper<D>::first_step() const {
    double h = span_;
    auto const n = static_cast<double>(std::max<std::size_t>(system_.n_unknowns(), 1));
    for (std::size_t s = 0; s < system_.n_species(); ++s)
        h = std::min(h, first_step_of(span_, std::sqrt(size_[s] / n), norm2(slope_[s]) / std::sqrt(n),
                                      system_.error_scale(options_, size_[s]), order_of_error));
    return h;
}

// Stage 0 is y + b₁ w h f₀, stage j - 1 the method's Y_j; the one after the last is the slope there.
template <std::size_t D>
void stabilised_stepper<D>::choose_stages(double h, std::ptrdiff_t n) {
    ode::detail::rkl2_stages const stages{static_cast<int>(n)};
    n_stages_ = n;
    plan_[0] = {{0.0, 0.0, 1.0, stages.first() * h, 0.0}, 0.0};
    for (std::ptrdiff_t j = 2; j <= n; ++j) {
        auto const [mu, nu, of_slope, of_first, c] = stages[static_cast<int>(j)];
        plan_[static_cast<std::size_t>(j - 1)] = {{mu, nu, 1.0 - mu - nu, of_first * h, of_slope * h}, c};
    }
    plan_[static_cast<std::size_t>(n)].c = 1.0;
}

template <std::size_t D>
step_outcome stabilised_stepper<D>::attempt(double h, double, double latest) {
    profile::scope const timing{"step"};
    bool const is_another_attempt = !std::exchange(is_accepted_, false);
    if (steps_to_estimate_ == 0 || (is_another_attempt && !is_estimated_here_)) {
        steps_to_estimate_ = steps_between_estimates;
        is_estimated_here_ = true;
        double const fastest = system_.fastest_reaction(t_, unknowns());
        // Where that cannot be told the error has to.
        if (std::isfinite(fastest)) reaction_ = fastest;
    }
    double const needed = ode::detail::rkl2_stages::stages_for(h * (diffusion_ + 1.2 * reaction_));
    if (!(needed <= static_cast<double>(most_stages))) return step_outcome::too_long;
    h_ = h;
    latest_ = latest;
    choose_stages(h, ode::detail::rkl2_stages::rounded(needed));
    slope_of_ = &stages_[static_cast<std::size_t>(n_stages_ % 2)], slope_to_ = &end_slope_;
    sweep(n_stages_ + 1);
    estimate_error();
    return std::isfinite(error_) ? step_outcome::done : step_outcome::not_finite;
}

template <std::size_t D>
void stabilised_stepper<D>::sweep(std::ptrdiff_t n_stages) {
    n_evaluations_ += static_cast<std::size_t>(std::max<std::ptrdiff_t>(n_stages - 1, 1));
    auto const run = [this](sweep_stage which, sweep_range units, sweep_range lines) {
        do_stage(first_of_sweep_ + which.number, units, lines);
    };
    fused_sweep const sweeper{shape_, sweep_options{}, run};
    first_of_sweep_ = 0;
    if (system_.has_constant_data()) return sweeper.run(n_stages);
    for (; first_of_sweep_ < n_stages; ++first_of_sweep_) {
        bool const asks_for_data = first_of_sweep_ > 0 || n_stages_ == 0;  // the first stage has the slope
        if (asks_for_data)
            system_.evaluate_data(std::min(t_ + plan_[static_cast<std::size_t>(first_of_sweep_)].c * h_, latest_));
        sweeper.run(1);
    }
}

template <std::size_t D>
void stabilised_stepper<D>::do_stage(std::ptrdiff_t number, sweep_range units, sweep_range lines) {
    if constexpr (D == 1) {
        for (std::ptrdiff_t unit = units.first; unit < units.last; ++unit)
            do_line(number, 0, 0, unit * unit_length, std::min((unit + 1) * unit_length, layout_.n[0]));
    } else if constexpr (D == 2) {
        for (std::ptrdiff_t j = units.first; j < units.last; ++j) do_line(number, j, 0, 0, layout_.n[0]);
    } else {
        for (std::ptrdiff_t k = units.first; k < units.last; ++k)
            for (std::ptrdiff_t j = lines.first; j < lines.last; ++j) do_line(number, j, k, 0, layout_.n[0]);
    }
}

template <std::size_t D>
void stabilised_stepper<D>::do_line(std::ptrdiff_t number, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first,
                                    std::ptrdiff_t last) {
    for (std::ptrdiff_t at = first; at < last; at += piece_length)
        do_piece(number, j, k, at, std::min(at + piece_length, last));
    if (number < n_stages_ || n_stages_ == 0) return;
    std::size_t const n_sums = sums_.size() / system_.n_species();
    auto const place = static_cast<std::size_t>(D == 1 ? first / unit_length : layout_.number(j, k));
    std::ptrdiff_t const at = layout_.offset(j, k) + first;
    for (std::size_t s = 0; s < system_.n_species(); ++s)
        sums_[s * n_sums + place] = sums_of_error(y_[s].data() + at, (*slope_of_)[s].data() + at, slope_[s].data() + at,
                                                  end_slope_[s].data() + at, h_, last - first);
}

// What a stage is evaluated at.
template <std::size_t D>
double const* stabilised_stepper<D>::stage_values(std::ptrdiff_t number, std::size_t s) const {
    if (number == n_stages_) return (*slope_of_)[s].data();
    return stages_[static_cast<std::size_t>(number % 2)][s].data();
}

template <std::size_t D>
void stabilised_stepper<D>::do_piece(std::ptrdiff_t number, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first,
                                     std::ptrdiff_t last) {
    std::size_t const S = system_.n_species();
    std::ptrdiff_t const at = layout_.offset(j, k) + first, n = last - first;
    auto const& planned = plan_[static_cast<std::size_t>(number)];
    if (number == 0 && n_stages_ > 0) {
        for (std::size_t s = 0; s < S; ++s)
            add_scaled(y_[s].data() + at, planned.weights.first, slope_[s].data() + at, stages_[1][s].data() + at, n);
        return;
    }
    alignas(64) std::array<double, most_species * piece_length> rates;
    std::array<double const*, most_species> now;
    std::array<double*, most_species> rate;
    for (std::size_t s = 0; s < S; ++s) {
        now[s] = stage_values(number, s) + at;
        rate[s] = rates.data() + s * piece_length;
    }
    system_.react(std::min(t_ + planned.c * h_, latest_), j, k, first, static_cast<std::size_t>(n), now.data(),
                  rate.data());
    std::array<std::ptrdiff_t, 3> const place{first, j, k}, stride{1, layout_.width, layout_.plane};
    auto const unknown = static_cast<std::size_t>(layout_.number(j, k) * layout_.n[0] + first);
    for (std::size_t s = 0; s < S; ++s) {
        auto const& species = system_.species(s);
        add_to_rate(s, unknown, now[s], rate[s], n);
        stage_piece piece{.now = now[s],
                          .lower = species.couplings[0].lower.data() + first,
                          .upper = species.couplings[0].upper.data() + first,
                          .rate = rate[s],
                          .diffusivity = species.diffusivity,
                          .out = nullptr,
                          .n = n};
        for (std::size_t d = 1; d < D; ++d) {
            auto const& c = species.couplings[d];
            std::ptrdiff_t const around = stride[d] * (layout_.n[d] - 1);
            bool const is_first = place[d] == 0, is_last = place[d] == layout_.n[d] - 1;
            piece.neighbours[2 * d - 2] = now[s] + (c.periodic && is_first ? around : -stride[d]);
            piece.neighbours[2 * d - 1] = now[s] + (c.periodic && is_last ? -around : stride[d]);
            piece.couplings[2 * d - 2] = c.lower[static_cast<std::size_t>(place[d])];
            piece.couplings[2 * d - 1] = c.upper[static_cast<std::size_t>(place[d])];
        }
        if (number == n_stages_) {
            piece.out = (*slope_to_)[s].data() + at;
            slope_of<D>(piece);
            add_around(s, piece, 1.0, first);
        } else {
            double* const older = stages_[static_cast<std::size_t>((number + 1) % 2)][s].data() + at;
            double const* const y = y_[s].data() + at;
            piece.out = older;
            combine_stage<D>(piece, {number == 1 ? y : older, y, slope_[s].data() + at}, planned.weights);
            add_around(s, piece, planned.weights.slope, first);
        }
    }
}

// What data bring and Robin sides take.
template <std::size_t D>
void stabilised_stepper<D>::add_to_rate(std::size_t s, std::size_t unknown, double const* now, double* rate,
                                        std::ptrdiff_t n) const {
    auto const& species = system_.species(s);
    if (species.has_data) {
        double const *const b = species.b.data() + unknown, *const share = system_.shares().data() + unknown;
        for (std::ptrdiff_t i = 0; i < n; ++i) rate[i] += b[i] / share[i];
    }
    if (species.robin.empty()) return;
    double const* const robin = species.robin.data() + unknown;
    for (std::ptrdiff_t i = 0; i < n; ++i) rate[i] -= robin[i] * now[i];
}

// The ends of a line that are each other's neighbours.
template <std::size_t D>
void stabilised_stepper<D>::add_around(std::size_t s, stage_piece const& piece, double weight,
                                       std::ptrdiff_t first) const {
    auto const& species = system_.species(s);
    if (species.wrap[0] == 0.0) return;
    double const factor = weight * species.diffusivity;
    std::ptrdiff_t const end = layout_.n[0] - 1;
    double const* const line = piece.now - first;
    if (first == 0) piece.out[0] += factor * species.wrap[0] * (line[end] - line[0]);
    if (first + piece.n > end) piece.out[end - first] += factor * species.wrap[1] * (line[0] - line[end]);
}

template <std::size_t D>
void stabilised_stepper<D>::estimate_error() {
    std::size_t const S = system_.n_species(), n_sums = sums_.size() / S;
    auto const& after = stages_[static_cast<std::size_t>(n_stages_ % 2)];
    errors_ = {};
    for (std::size_t s = 0; s < S; ++s) {
        error_sums sums;
        for (std::size_t i = 0; i < n_sums; ++i) {
            sums.error += sums_[s * n_sums + i].error;
            sums.size += sums_[s * n_sums + i].size;
        }
        size_after_[s] = sums.size;
        errors_.add(s, sums.error, system_.error_scale(options_, std::max(size_[s], sums.size)), sums.size,
                    [&] { return norm_max(after[s]); });
    }
    error_ = errors_.root(S * system_.n_unknowns());
}

template <std::size_t D>
void stabilised_stepper<D>::accept(double t_after) {
    std::swap(y_, stages_[static_cast<std::size_t>(n_stages_ % 2)]);
    std::swap(slope_, end_slope_);
    std::swap(size_, size_after_);
    t_ = t_after;
    is_accepted_ = true;
    is_estimated_here_ = false;
    if (steps_to_estimate_ > 0) --steps_to_estimate_;
}

template <std::size_t D>
void stabilised_stepper<D>::pack(species_values const& from, species_values& to) const {
    for (std::size_t s = 0; s < from.size(); ++s) {
        double* at = to[s].data();
        system_.for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
            std::copy_n(from[s].data() + layout_.offset(j, k), layout_.n[0], at);
            at += layout_.n[0];
        });
    }
}

template <std::size_t D>
species_values const& stabilised_stepper<D>::unknowns() {
    pack(y_, packed_);
    return packed_;
}

template <std::size_t D>
void stabilised_stepper<D>::put(species_fields<D>& fields) {
    system_.to_fields(t_, unknowns(), fields);
}

template <std::size_t D>
void stabilised_stepper<D>::put_between(double theta, double at, species_fields<D>& fields) {
    auto const& after = stages_[static_cast<std::size_t>(n_stages_ % 2)];
    double const rest = 1.0 - theta, of_after = theta * theta * (3.0 - 2.0 * theta);
    double const of_slope = h_ * theta * rest * rest, of_end_slope = -h_ * theta * theta * rest;
    for (std::size_t s = 0; s < y_.size(); ++s) {
        double* to = packed_[s].data();
        system_.for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
            std::ptrdiff_t const line = layout_.offset(j, k);
            double const *const y = y_[s].data() + line, *const z = after[s].data() + line;
            double const *const first = slope_[s].data() + line, *const last = end_slope_[s].data() + line;
            for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i)
                to[i] = y[i] + of_after * (z[i] - y[i]) + (of_slope * first[i] + of_end_slope * last[i]);
            to += layout_.n[0];
        });
    }
    system_.to_fields(at, packed_, fields);
}

template <std::size_t D>
std::string stabilised_stepper<D>::remedy(step_outcome outcome) const {
    if (outcome != step_outcome::too_long) return errors_.remedy(outcome);
    double const longest =
        ode::detail::rkl2_stages::reach(static_cast<double>(most_stages)) / (diffusion_ + 1.2 * reaction_);
    return concat("a step may take ", most_stages, " stages: make fixed_step ", to_text(longest, 3),
                  " or less, or take the exponential method");
}

template class stabilised_stepper<1>;
template class stabilised_stepper<2>;
template class stabilised_stepper<3>;

}  // namespace poise::pde::detail
