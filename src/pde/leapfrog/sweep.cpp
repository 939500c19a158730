// SPDX-License-Identifier: MIT
#include "pde/leapfrog/sweep.hpp"

#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <limits>
#include <span>

namespace poise::pde::detail {
namespace {

/// Units [first, last) of the last direction at the first stage, whose ends move by so many a stage.
struct slab {
    std::ptrdiff_t first, last;
    int first_slope, last_slope;
};

struct range {
    std::ptrdiff_t first, last;
};

constexpr std::ptrdiff_t fast_cache_bytes = std::ptrdiff_t{1} << 20;  // what a core has to itself, and some room
constexpr std::ptrdiff_t most_fused = 16;
constexpr std::ptrdiff_t least_work_of_thread = 100'000;  // unknowns times stages

// Strip number `at` of [first, last), slanting back by a unit a stage: the last one is all that is left.
range slanted(range of, std::ptrdiff_t width, std::ptrdiff_t at, std::ptrdiff_t n_strips, std::ptrdiff_t stage) {
    std::ptrdiff_t const begin = at == 0 ? of.first : std::max(of.first, of.first + at * width - stage);
    std::ptrdiff_t const end = at == n_strips - 1 ? of.last : of.first + (at + 1) * width - stage;
    return {begin, std::clamp(end, begin, std::max(begin, of.last))};
}

std::ptrdiff_t n_strips(range of, std::ptrdiff_t width) {
    return std::max<std::ptrdiff_t>(1, (of.last - of.first + width - 1) / width);
}

template <std::size_t D>
class sweeper {
public:
    sweeper(leapfrog<D> const& step, leapfrog_states const& states, sweep_options const& options)
        : step_{step},
          layout_{step.layout()},
          states_{states},
          n_units_{D == 1 ? whole_lanes(layout_.n[0]) / lane_count : layout_.n[D - 1]},
          is_ring_{step.is_periodic(D - 1)} {
        choose_strips(options.n_fused == 1);
        choose_fused(options.n_fused);
        choose_slabs(options.max_threads);
    }

    void run(std::size_t n_steps) const {
        std::ptrdiff_t const n_stages = step_.n_stages() * static_cast<std::ptrdiff_t>(n_steps);
        auto const from = [&](std::ptrdiff_t first) { return range{first, std::min(first + n_fused_, n_stages)}; };
        if (n_slabs_ == 1 && (!is_ring_ || n_fused_ == 1)) {
            for (std::ptrdiff_t done = 0; done < n_stages; done += n_fused_) sweep({0, n_units_, 0, 0}, from(done));
            return;
        }
        // Slabs and what is between them are phases in turn; many of them, as threads are woken for all at once.
        std::array<std::size_t, 64> n_items;
        for (std::size_t i = 0; i < n_items.size(); ++i)
            n_items[i] = static_cast<std::size_t>(n_slabs_ - (i % 2 == 1 && !is_ring_ ? 1 : 0));
        for (std::ptrdiff_t done = 0; done < n_stages;) {
            auto const n_left = static_cast<std::size_t>((n_stages - done + n_fused_ - 1) / n_fused_);
            std::size_t const n_sweeps = std::min(n_left, n_items.size() / 2);
            task::parallel_phases(std::span{n_items}.first(2 * n_sweeps), n_threads_,
                                  [&](std::size_t phase, std::size_t item, std::size_t) {
                                      sweep(phase % 2 == 0 ? shrinking(item) : growing(item),
                                            from(done + static_cast<std::ptrdiff_t>(phase / 2) * n_fused_));
                                  });
            done += static_cast<std::ptrdiff_t>(n_sweeps) * n_fused_;
        }
    }

private:
    // Of a plane, lines whose neighbours in the planes around are still in a fast cache; or few enough for many stages.
    void choose_strips(bool is_plain) {
        std::ptrdiff_t const line_bytes = 8 * layout_.width;
        if (D == 1) unit_strip_ = 64;
        if (D == 2) unit_strip_ = std::clamp<std::ptrdiff_t>(16'384 / line_bytes, 1, 8);
        strip_ = layout_.n[1];
        if (D == 3 && !step_.is_periodic(1))
            strip_ = std::clamp<std::ptrdiff_t>(fast_cache_bytes / ((is_plain ? 4 : 16) * line_bytes), 8,
                                                std::max<std::ptrdiff_t>(strip_, 8));
    }
    // So many that the lines all of them are at, of two states, stay in a fast cache.
    void choose_fused(std::ptrdiff_t asked) {
        std::ptrdiff_t const unit_bytes = D == 1 ? 8 * lane_count : 8 * layout_.width * (D == 3 ? strip_ : 1);
        std::ptrdiff_t const that_fit = fast_cache_bytes / (2 * unit_bytes) - unit_strip_ - 1;
        n_fused_ = asked > 0 ? asked * step_.n_stages() : std::clamp<std::ptrdiff_t>(that_fit, 1, most_fused);
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

    // Stages [stages.first, stages.last) of a slab.
    void sweep(slab const& part, range stages) const {
        range const lines{0, layout_.n[1]}, units{part.first, part.last};
        std::ptrdiff_t const n_line_strips = D == 3 ? n_strips(lines, strip_) : 1;
        std::ptrdiff_t const n_fronts = n_strips(units, unit_strip_);
        for (std::ptrdiff_t strip = 0; strip < n_line_strips; ++strip)
            for (std::ptrdiff_t front = 0; front < n_fronts; ++front)
                for (std::ptrdiff_t s = 0; s < stages.last - stages.first; ++s) {
                    range const inside{part.first + s * part.first_slope, part.last + s * part.last_slope};
                    range at = inside;
                    if (n_fronts > 1) {
                        at = slanted(units, unit_strip_, front, n_fronts, s);
                        at = {std::max(at.first, inside.first), std::min(at.last, inside.last)};
                    }
                    do_units(stages.first + s, at, slanted(lines, strip_, strip, n_line_strips, s));
                }
    }

    // Units beyond the last one of a ring are its first ones.
    void do_units(std::ptrdiff_t stage, range units, range lines) const {
        if (units.first >= units.last) return;
        if (units.last <= n_units_) return do_inside(stage, units, lines);
        do_inside(stage, {units.first, n_units_}, lines);
        do_inside(stage, {0, units.last - n_units_}, lines);
    }
    void do_inside(std::ptrdiff_t stage, range units, range lines) const {
        if constexpr (D == 1) step_.do_vectors(states_, stage, units.first, units.last);
        if constexpr (D == 2) step_.do_lines(states_, stage, 0, units.first, units.last);
        if constexpr (D == 3)
            for (std::ptrdiff_t k = units.first; k < units.last; ++k)
                step_.do_lines(states_, stage, k, lines.first, lines.last);
    }

    leapfrog<D> const& step_;
    line_layout<D> const& layout_;
    leapfrog_states states_;
    std::ptrdiff_t n_units_;  ///< of the last direction: vectors, lines or planes
    bool is_ring_;
    std::ptrdiff_t unit_strip_ = 1;  ///< units that a stage takes at a time
    std::ptrdiff_t strip_ = 1;       ///< lines of a plane that it takes
    std::ptrdiff_t n_fused_ = 1, n_slabs_ = 1;
    std::size_t n_threads_ = 1;
};

}  // namespace

template <std::size_t D>
void advance(leapfrog<D> const& step, leapfrog_states const& states, std::size_t n_steps,
             sweep_options const& options) {
    sweeper<D>{step, states, options}.run(n_steps);
}

template void advance(leapfrog<1> const&, leapfrog_states const&, std::size_t, sweep_options const&);
template void advance(leapfrog<2> const&, leapfrog_states const&, std::size_t, sweep_options const&);
template void advance(leapfrog<3> const&, leapfrog_states const&, std::size_t, sweep_options const&);

}  // namespace poise::pde::detail
