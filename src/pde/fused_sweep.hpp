// SPDX-License-Identifier: MIT
// Private to src/pde: many stages of an explicit method, several of them in one sweep over memory.
#pragma once

#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>

namespace poise::pde::detail {

struct sweep_options {
    std::size_t max_threads = 0;  ///< 0: as many as there are
    std::ptrdiff_t n_fused = 0;   ///< stages of one sweep; 0: as many as help
};

/// What is swept over: units, one behind the other in the last direction of a box.
struct sweep_shape {
    std::ptrdiff_t n_units = 1;     ///< planes in 3D, lines in 2D, pieces of the line in 1D
    std::ptrdiff_t n_lines = 1;     ///< of a plane in 3D
    std::ptrdiff_t n_unknowns = 1;  ///< in all
    std::ptrdiff_t unit_bytes = 0;  ///< of a piece of a line or of a line, of all that a stage reads and writes
    std::ptrdiff_t unit_strip = 1;  ///< units that a stage takes at a time
    bool is_ring = false;           ///< whether the last unit is a neighbour of the first
    bool cuts_planes = false;       ///< whether planes may be cut between lines
};

/// Units [first, last) and, of planes, the lines [first, last).
struct sweep_range {
    std::ptrdiff_t first, last;
};

/// A stage by its number of all, and of those of its sweep: what the first ones work at comes from memory.
struct sweep_stage {
    std::ptrdiff_t number, of_sweep;
};

/// Runs stage(sweep_stage, units, lines) for the numbers [0, n_stages) and all units and lines, so that where stage n
/// runs, stage n − 1 is done there and on the neighbours, and of stage n + 1 nothing is done there or on the
/// neighbours. The same bits whatever the options are and on any number of threads, where a stage's are the same in
/// whatever parts it is done. No allocation. A sweep goes up the last direction with one stage behind the other, a unit
/// apart: what it needs of memory is read and written once for all its stages. Planes too large for caches are cut in
/// strips that slant back a line a stage. Threads take slabs that shrink by a unit a stage, and then what is left
/// between them. Source: Wonnacott (2002), Int. J. Parallel Program. 30, 181 (time skewing); Bandishti, Pananilath &
/// Bondhugula (2012), SC12, 40 (what shrinks and what grows between).
template <class Stage>
class fused_sweep {
public:
    fused_sweep(sweep_shape const& shape, sweep_options const& options, Stage const& stage)
        : shape_{shape}, stage_{stage} {
        choose_strips(options.n_fused);
        choose_fused(options.n_fused);
        choose_slabs(options.max_threads);
    }

    void run(std::ptrdiff_t n_stages) const {
        auto const from = [&](std::ptrdiff_t first) {
            return sweep_range{first, std::min(first + n_fused_, n_stages)};
        };
        if (n_slabs_ == 1 && (!shape_.is_ring || n_fused_ == 1)) {
            for (std::ptrdiff_t done = 0; done < n_stages; done += n_fused_)
                sweep({0, shape_.n_units, 0, 0}, from(done));
            return;
        }
        // Slabs and what is between them are phases in turn; many of them, as threads are woken for all at once.
        std::array<std::size_t, 64> n_items;
        for (std::size_t i = 0; i < n_items.size(); ++i)
            n_items[i] = static_cast<std::size_t>(n_slabs_ - (i % 2 == 1 && !shape_.is_ring ? 1 : 0));
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
    /// Units [first, last) at the first stage, whose ends move by so many a stage.
    struct slab {
        std::ptrdiff_t first, last;
        int first_slope, last_slope;
    };

    static constexpr std::ptrdiff_t fast_cache_bytes = std::ptrdiff_t{1} << 20;  // what a core has, and some room
    static constexpr std::ptrdiff_t most_fused = 16;
    static constexpr std::ptrdiff_t least_work_of_thread = 100'000;  // unknowns times stages

    // Of a plane, lines whose neighbours in the planes around are still in a fast cache; or few enough for many stages.
    void choose_strips(std::ptrdiff_t asked) {
        strip_ = shape_.n_lines;
        if (!shape_.cuts_planes) return;
        std::ptrdiff_t const n_around = asked == 1 ? 4 : 8;
        std::ptrdiff_t const most = std::max<std::ptrdiff_t>(fast_cache_bytes / (n_around * shape_.unit_bytes), 8);
        std::ptrdiff_t const n = n_strips({0, shape_.n_lines}, most);
        strip_ = std::max<std::ptrdiff_t>((shape_.n_lines + n - 1) / n, 8);
    }
    // So many that what all of them are at stays in a fast cache.
    void choose_fused(std::ptrdiff_t asked) {
        std::ptrdiff_t const unit_bytes = shape_.unit_bytes * (shape_.n_lines > 1 ? strip_ : 1);
        std::ptrdiff_t const that_fit = fast_cache_bytes / unit_bytes - shape_.unit_strip - 1;
        n_fused_ = asked > 0 ? asked : std::clamp<std::ptrdiff_t>(that_fit, 1, most_fused);
        if (shape_.is_ring) n_fused_ = std::min(n_fused_, std::max<std::ptrdiff_t>(1, (shape_.n_units - 1) / 2));
    }
    void choose_slabs(std::size_t max_threads) {
        std::size_t const available = task::available_threads();
        n_threads_ = max_threads == 0 ? available : std::min(max_threads, available);
        if (shape_.n_unknowns < least_work_of_thread / n_fused_) n_threads_ = 1;
        std::ptrdiff_t const most = shape_.n_units / (2 * n_fused_ + 2);
        n_slabs_ =
            n_threads_ == 1 ? 1 : std::clamp<std::ptrdiff_t>(most, 1, 2 * static_cast<std::ptrdiff_t>(n_threads_));
    }

    [[nodiscard]] std::ptrdiff_t boundary(std::size_t at) const {
        return shape_.n_units * static_cast<std::ptrdiff_t>(at) / n_slabs_;
    }
    [[nodiscard]] slab shrinking(std::size_t at) const {
        bool const is_last = static_cast<std::ptrdiff_t>(at) == n_slabs_ - 1;
        return {boundary(at), boundary(at + 1), shape_.is_ring || at > 0 ? 1 : 0, shape_.is_ring || !is_last ? -1 : 0};
    }
    [[nodiscard]] slab growing(std::size_t at) const { return {boundary(at + 1), boundary(at + 1), -1, 1}; }

    // Strip number `at` of [first, last), slanting back by a unit a stage: the last one is all that is left.
    [[nodiscard]] static sweep_range slanted(sweep_range of, std::ptrdiff_t width, std::ptrdiff_t at,
                                             std::ptrdiff_t n_strips, std::ptrdiff_t stage) {
        std::ptrdiff_t const begin = at == 0 ? of.first : std::max(of.first, of.first + at * width - stage);
        std::ptrdiff_t const end = at == n_strips - 1 ? of.last : of.first + (at + 1) * width - stage;
        return {begin, std::clamp(end, begin, std::max(begin, of.last))};
    }
    [[nodiscard]] static std::ptrdiff_t n_strips(sweep_range of, std::ptrdiff_t width) {
        return std::max<std::ptrdiff_t>(1, (of.last - of.first + width - 1) / width);
    }

    // Stages [stages.first, stages.last) of a slab.
    void sweep(slab const& part, sweep_range stages) const {
        sweep_range const lines{0, shape_.n_lines}, units{part.first, part.last};
        std::ptrdiff_t const n_line_strips = shape_.n_lines > 1 ? n_strips(lines, strip_) : 1;
        std::ptrdiff_t const n_fronts = n_strips(units, shape_.unit_strip);
        for (std::ptrdiff_t strip = 0; strip < n_line_strips; ++strip)
            for (std::ptrdiff_t front = 0; front < n_fronts; ++front)
                for (std::ptrdiff_t s = 0; s < stages.last - stages.first; ++s) {
                    sweep_range const inside{part.first + s * part.first_slope, part.last + s * part.last_slope};
                    sweep_range at = inside;
                    if (n_fronts > 1) {
                        at = slanted(units, shape_.unit_strip, front, n_fronts, s);
                        at = {std::max(at.first, inside.first), std::min(at.last, inside.last)};
                    }
                    do_units({stages.first + s, s}, at, slanted(lines, strip_, strip, n_line_strips, s));
                }
    }

    // Units beyond the last one of a ring are its first ones.
    void do_units(sweep_stage stage, sweep_range units, sweep_range lines) const {
        std::ptrdiff_t const n = shape_.n_units;
        if (units.first >= units.last) return;
        if (units.last <= n) return stage_(stage, units, lines);
        if (units.first < n) stage_(stage, sweep_range{units.first, n}, lines);
        stage_(stage, sweep_range{std::max(units.first, n) - n, units.last - n}, lines);
    }

    sweep_shape shape_;
    Stage const& stage_;
    std::ptrdiff_t strip_ = 1;  ///< lines of a plane that a stage takes
    std::ptrdiff_t n_fused_ = 1, n_slabs_ = 1;
    std::size_t n_threads_ = 1;
};

}  // namespace poise::pde::detail
