// SPDX-License-Identifier: MIT
#include "pde/leapfrog/sweep.hpp"

#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <limits>
#include <span>

namespace poise::pde::detail {
namespace {

/// Units [first, last) of the last direction at step 0, whose ends move by so many a step.
struct slab {
    std::ptrdiff_t first, last;
    int first_slope, last_slope;
};

struct range {
    std::ptrdiff_t first, last;
};

constexpr std::ptrdiff_t fast_cache_bytes = std::ptrdiff_t{1} << 20;  // what a core has to itself, and some room
constexpr std::ptrdiff_t most_fused = 16;
constexpr std::ptrdiff_t least_work_of_thread = 100'000;  // unknowns times steps

// Strip number `at` of [first, last), slanting back by a unit a step: the last one is all that is left.
range slanted(range of, std::ptrdiff_t width, std::ptrdiff_t at, std::ptrdiff_t n_strips, std::ptrdiff_t step) {
    std::ptrdiff_t const begin = at == 0 ? of.first : std::max(of.first, of.first + at * width - step);
    std::ptrdiff_t const end = at == n_strips - 1 ? of.last : of.first + (at + 1) * width - step;
    return {begin, std::clamp(end, begin, std::max(begin, of.last))};
}

std::ptrdiff_t n_strips(range of, std::ptrdiff_t width) {
    return std::max<std::ptrdiff_t>(1, (of.last - of.first + width - 1) / width);
}

template <std::size_t D>
class sweeper {
public:
    sweeper(leapfrog<D> const& step, std::array<double*, 2> const& u, sweep_options const& options)
        : step_{step},
          layout_{step.layout()},
          u_{u},
          n_units_{D == 1 ? whole_lanes(layout_.n[0]) / lane_count : layout_.n[D - 1]},
          is_ring_{step.is_periodic(D - 1)} {
        choose_strips();
        choose_fused(options.n_fused);
        choose_slabs(options.max_threads);
    }

    void run(std::size_t n_steps) const {
        if (n_slabs_ == 1 && (!is_ring_ || n_fused_ == 1)) {
            for (std::size_t done = 0; done < n_steps; done += static_cast<std::size_t>(n_fused_))
                sweep({0, n_units_, 0, 0}, {static_cast<std::ptrdiff_t>(done), end_of(done, n_steps)});
            return;
        }
        // Slabs and what is between them are phases in turn; many of them, as threads are woken for all at once.
        std::array<std::size_t, 64> n_items;
        for (std::size_t i = 0; i < n_items.size(); ++i)
            n_items[i] = static_cast<std::size_t>(n_slabs_ - (i % 2 == 1 && !is_ring_ ? 1 : 0));
        for (std::size_t done = 0; done < n_steps;) {
            auto const fused = static_cast<std::size_t>(n_fused_);
            std::size_t const n_sweeps = std::min((n_steps - done + fused - 1) / fused, n_items.size() / 2);
            task::parallel_phases(std::span{n_items}.first(2 * n_sweeps), n_threads_,
                                  [&](std::size_t phase, std::size_t item, std::size_t) {
                                      std::size_t const from = done + phase / 2 * fused;
                                      sweep(phase % 2 == 0 ? shrinking(item) : growing(item),
                                            {static_cast<std::ptrdiff_t>(from), end_of(from, n_steps)});
                                  });
            done += n_sweeps * fused;
        }
    }

private:
    [[nodiscard]] std::ptrdiff_t end_of(std::size_t from, std::size_t n_steps) const {
        return std::min(static_cast<std::ptrdiff_t>(from) + n_fused_, static_cast<std::ptrdiff_t>(n_steps));
    }

    void choose_strips() {
        std::ptrdiff_t const line_bytes = 8 * layout_.width;
        if (D == 1) unit_strip_ = 64;
        if (D == 2) unit_strip_ = std::clamp<std::ptrdiff_t>(16'384 / line_bytes, 1, 8);
        strip_ = layout_.n[1];
        if (D == 3 && !step_.is_periodic(1))
            strip_ = std::clamp<std::ptrdiff_t>(fast_cache_bytes / (16 * line_bytes), 8, strip_);
    }
    // So many that the lines all of them are at, of two states, stay in a fast cache.
    void choose_fused(std::ptrdiff_t asked) {
        std::ptrdiff_t const unit_bytes = D == 1 ? 8 * lane_count : 8 * layout_.width * (D == 3 ? strip_ : 1);
        std::ptrdiff_t const that_fit = fast_cache_bytes / (2 * unit_bytes) - unit_strip_ - 1;
        n_fused_ = asked > 0 ? asked : std::clamp<std::ptrdiff_t>(that_fit, 1, most_fused);
        if (is_ring_) n_fused_ = std::min(n_fused_, std::max<std::ptrdiff_t>(1, (n_units_ - 1) / 2));
    }
    void choose_slabs(std::size_t max_threads) {
        std::size_t const available = task::available_threads();
        n_threads_ = max_threads == 0 ? available : std::min(max_threads, available);
        std::ptrdiff_t const n_unknowns = layout_.n[0] * layout_.n_lines();
        if (n_unknowns < least_work_of_thread / n_fused_) n_threads_ = 1;
        std::ptrdiff_t const most = n_units_ / (2 * n_fused_ + 2);
        n_slabs_ =
            n_threads_ == 1 ? 1 : std::clamp<std::ptrdiff_t>(most, 1, 2 * static_cast<std::ptrdiff_t>(n_threads_));
    }

    [[nodiscard]] std::ptrdiff_t boundary(std::size_t at) const {
        return n_units_ * static_cast<std::ptrdiff_t>(at) / n_slabs_;
    }
    [[nodiscard]] slab shrinking(std::size_t at) const {
        bool const is_last = static_cast<std::ptrdiff_t>(at) == n_slabs_ - 1;
        return {boundary(at), boundary(at + 1), is_ring_ || at > 0 ? 1 : 0, is_ring_ || !is_last ? -1 : 0};
    }
    [[nodiscard]] slab growing(std::size_t at) const { return {boundary(at + 1), boundary(at + 1), -1, 1}; }

    // Steps [steps.first, steps.last) of a slab.
    void sweep(slab const& part, range steps) const {
        range const lines{0, layout_.n[1]}, units{part.first, part.last};
        std::ptrdiff_t const n_line_strips = D == 3 ? n_strips(lines, strip_) : 1;
        std::ptrdiff_t const n_fronts = n_strips(units, unit_strip_);
        for (std::ptrdiff_t strip = 0; strip < n_line_strips; ++strip)
            for (std::ptrdiff_t front = 0; front < n_fronts; ++front)
                for (std::ptrdiff_t s = 0; s < steps.last - steps.first; ++s) {
                    range const inside{part.first + s * part.first_slope, part.last + s * part.last_slope};
                    range at = inside;
                    if (n_fronts > 1) {
                        at = slanted(units, unit_strip_, front, n_fronts, s);
                        at = {std::max(at.first, inside.first), std::min(at.last, inside.last)};
                    }
                    step_units(steps.first + s, at, slanted(lines, strip_, strip, n_line_strips, s));
                }
    }

    // Units beyond the last one of a ring are its first ones.
    void step_units(std::ptrdiff_t step, range units, range lines) const {
        if (units.first >= units.last) return;
        if (units.last <= n_units_) return step_inside(step, units, lines);
        step_inside(step, {units.first, n_units_}, lines);
        step_inside(step, {0, units.last - n_units_}, lines);
    }
    void step_inside(std::ptrdiff_t step, range units, range lines) const {
        double const* const u = u_[static_cast<std::size_t>((step + 1) % 2)];
        double* const v = u_[static_cast<std::size_t>(step % 2)];
        if constexpr (D == 1) step_.step_vectors(u, v, units.first, units.last);
        if constexpr (D == 2) step_.step_lines(u, v, 0, units.first, units.last);
        if constexpr (D == 3)
            for (std::ptrdiff_t k = units.first; k < units.last; ++k)
                step_.step_lines(u, v, k, lines.first, lines.last);
    }

    leapfrog<D> const& step_;
    line_layout<D> const& layout_;
    std::array<double*, 2> u_;
    std::ptrdiff_t n_units_;  ///< of the last direction: vectors, lines or planes
    bool is_ring_;
    std::ptrdiff_t unit_strip_ = 1;  ///< units that a step takes at a time
    std::ptrdiff_t strip_ = 1;       ///< lines of a plane that it takes
    std::ptrdiff_t n_fused_ = 1, n_slabs_ = 1;
    std::size_t n_threads_ = 1;
};

}  // namespace

template <std::size_t D>
void advance(leapfrog<D> const& step, std::array<double*, 2> const& u, std::size_t n_steps,
             sweep_options const& options) {
    sweeper<D>{step, u, options}.run(n_steps);
}

template void advance(leapfrog<1> const&, std::array<double*, 2> const&, std::size_t, sweep_options const&);
template void advance(leapfrog<2> const&, std::array<double*, 2> const&, std::size_t, sweep_options const&);
template void advance(leapfrog<3> const&, std::array<double*, 2> const&, std::size_t, sweep_options const&);

}  // namespace poise::pde::detail
