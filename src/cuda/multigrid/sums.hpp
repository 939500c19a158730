// SPDX-License-Identifier: MIT
// Private to src/: sums over all points of a grid, in an order that does not depend on the GPU.
#pragma once

#include "cuda/multigrid/source.hpp"

#include <type_traits>
#include <utility>

namespace poise::cuda::detail {

/// Two sums at a time.
struct two_sums {
    double first = 0.0, second = 0.0;
    POISE_ON_GPUS_TOO two_sums& operator+=(two_sums const& other) {
        first += other.first;
        second += other.second;
        return *this;
    }
};

/// to = Σ of what all threads have. NThreads: a power of two.
template <int NThreads, class Block, class Sum>
POISE_ON_GPUS_TOO void sum_threads(Block& block, Sum* of_threads, Sum& to) {
    for (int half = NThreads / 2; half > 0; half /= 2)
        block.phase([&](int thread) {
            if (thread < half) of_threads[thread] += of_threads[thread + half];
        });
    block.phase([&](int thread) {
        if (thread == 0) to = of_threads[0];
    });
}

/// Of blocks that each take so many of n points, one behind the other.
[[nodiscard]] constexpr int blocks_of(std::ptrdiff_t n, std::ptrdiff_t of_block) {
    return static_cast<int>((n + of_block - 1) / of_block);
}

/// sums[block] = Σ term(point) over its points, 16384 one behind the other. A term may write what is its point's alone.
template <class Term>
struct point_sums {
    using sum = std::decay_t<decltype(std::declval<Term const&>()(cell_position{}))>;
    static constexpr int n_threads = 256, n_resident = 4, n_each = 64;

    grid_view<double> grid;
    Term term;
    sum* sums;

    static constexpr char const* name = Term::name;
    [[nodiscard]] double bytes() const { return Term::bytes_of_point * static_cast<double>(grid.n_points()); }
    [[nodiscard]] int n_blocks() const { return blocks_of(grid.n_points(), n_threads * n_each); }
    [[nodiscard]] static std::size_t shared_bytes() { return shared_size<sum>(n_threads); }

    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        sum* const of_threads = block.template shared<sum>(n_threads);
        block.phase([&](int thread) { of_threads[thread] = sum_of(block.index(), thread); });
        sum_threads<n_threads>(block, of_threads, sums[block.index()]);
    }

private:
    POISE_ON_GPUS_TOO sum sum_of(int index, int thread) const {
        std::ptrdiff_t const begin = static_cast<std::ptrdiff_t>(index) * n_threads * n_each + thread;
        std::ptrdiff_t const row = begin / grid.x.n;
        cell_position p{static_cast<int>(begin % grid.x.n), static_cast<int>(row % grid.y.n),
                        static_cast<int>(row / grid.y.n)};
        // A division for each point would take longer than its number takes to come.
        int const step_x = n_threads % grid.x.n, step_y = n_threads / grid.x.n % grid.y.n,
                  step_z = n_threads / grid.x.n / grid.y.n;
        sum all{};
        for (int i = 0; i < n_each && p.z < grid.z.n; ++i) {
            all += term(p);
            p.x += step_x;
            int const over_x = p.x >= grid.x.n ? 1 : 0;
            p.x -= over_x * grid.x.n;
            p.y += step_y + over_x;
            int const over_y = p.y >= grid.y.n ? 1 : 0;
            p.y -= over_y * grid.y.n;
            p.z += step_z + over_y;
        }
        return all;
    }
};

/// *to = Σ of n numbers.
template <class Sum = double>
struct total {
    static constexpr int n_threads = 1024, n_resident = 1;

    Sum const* numbers;
    int n;
    Sum* to;

    static constexpr char const* name = "total";
    [[nodiscard]] double bytes() const { return static_cast<double>(n) * sizeof(Sum); }
    [[nodiscard]] static int n_blocks() { return 1; }
    [[nodiscard]] static std::size_t shared_bytes() { return shared_size<Sum>(n_threads); }

    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        Sum* const of_threads = block.template shared<Sum>(n_threads);
        block.phase([&](int thread) {
            Sum sum{};
            for (int i = thread; i < n; i += n_threads) sum += numbers[i];
            of_threads[thread] = sum;
        });
        sum_threads<n_threads>(block, of_threads, *to);
    }
};

struct squared_residual {
    static constexpr char const* name = "residual";
    static constexpr double bytes_of_point = 16;
    finest_system system;
    POISE_ON_GPUS_TOO double operator()(cell_position const& p) const {
        double const r = system.residual(p);
        return r * r;
    }
};
/// Of x times a power of two that brings it near 1.
struct squared_x {
    static constexpr char const* name = "norm";
    static constexpr double bytes_of_point = 8;
    grid_view<double> grid;
    double const* of;
    double factor;
    POISE_ON_GPUS_TOO double operator()(cell_position const& p) const {
        double const x = factor * of[grid.place(p.x, p.y, p.z)];
        return x * x;
    }
};
struct share_of_x {
    static constexpr char const* name = "mean";
    static constexpr double bytes_of_point = 8;
    finest_system system;
    POISE_ON_GPUS_TOO double operator()(cell_position const& p) const {
        return system.share(p) * system.x[system.grid.place(p.x, p.y, p.z)];
    }
};

/// x += mean - *weighted / all_shares.
struct shift_mean {
    static constexpr int n_threads = 256, n_resident = 4, n_each = 64;

    double* x;
    std::ptrdiff_t n;
    double mean, all_shares;
    double const* weighted;

    static constexpr char const* name = "mean";
    [[nodiscard]] double bytes() const { return 16.0 * static_cast<double>(n); }
    [[nodiscard]] int n_blocks() const { return blocks_of(n, n_threads * n_each); }
    [[nodiscard]] static std::size_t shared_bytes() { return 0; }

    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        block.phase([&](int thread) {
            double const step = mean - *weighted / all_shares;
            std::ptrdiff_t const begin = static_cast<std::ptrdiff_t>(block.index()) * n_threads * n_each + thread;
            for (int i = 0; i < n_each; ++i)
                if (std::ptrdiff_t const at = begin + static_cast<std::ptrdiff_t>(i) * n_threads; at < n) x[at] += step;
        });
    }
};

}  // namespace poise::cuda::detail
