// SPDX-License-Identifier: MIT
// Private to src/: multigrid cycles as programs for a GPU, one behind the other.
#pragma once

#include "core/device_multigrid.hpp"
#include "core/lending_pool.hpp"
#include "cuda/multigrid/ascent.hpp"
#include "cuda/multigrid/coarser_grids.hpp"
#include "cuda/multigrid/descent.hpp"
#include "cuda/multigrid/shared_grids.hpp"
#include "cuda/multigrid/sums.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace poise::cuda::detail {

/// Of one solve: its vectors, and its programs.
template <class Machine, bool Flat, class T>
class multigrid_memory {
    template <class U>
    using array = typename Machine::template array<U>;
    static constexpr T omega = over_relaxation<T, Flat>;

public:
    multigrid_memory(typename Machine::place const& where, shared_grids<Machine, T> const& shared)
        : machine_{where},
          shared_{shared},
          b_{machine_, n_unknowns(), "the right-hand side"},
          x_{machine_, n_unknowns(), "the solution"},
          kept_{machine_, n_unknowns(), "a multigrid solve"},
          numbers_{machine_, 1, "a multigrid solve"},
          squares_{machine_, n_partial_sums(), "a multigrid solve"},
          sum_{machine_, 1, "a multigrid solve"},
          coarser_{machine_, shared.all(), 0} {}

    [[nodiscard]] static double bytes_of(shared_grids<Machine, T> const& shared) {
        double bytes = (2.0 * sizeof(double) + sizeof(T)) * static_cast<double>(shared.all().grids.front().n_points());
        return bytes + coarser_grids<Machine, Flat, T, sum_of_directions<T>>::bytes_of(shared.all());
    }

    /// x: empty: 0.
    void begin(std::span<double const> b, std::span<double const> x, double scale, double mean) {
        cycle_.scale = scale;
        cycle_.mean = mean;
        machine_.upload(b_.data(), b);
        x_is_zero_ = x.empty();
        if (!x_is_zero_) machine_.upload(x_.data(), x);
    }
    double residual_norm() {
        set_numbers();
        machine_.replay(x_is_zero_ ? norm_from_zero : norm, [&] { sum_points(squared_residual{system()}); });
        return std::sqrt(result());
    }
    double begin_cycle(double of_residual) {
        cycle_.of_residual = of_residual;
        cycle_.back = shared_.scale() / cycle_.scale / of_residual;
        set_numbers();
        machine_.replay(x_is_zero_ ? down_from_zero : down, [&] {
            leave_residuals();
            machine_.run(total<>{squares_.data(), n_blocks_of_finest(), sum_.data()});
        });
        return std::sqrt(result());
    }
    void end_cycle(poise::detail::device_cycle how) {
        using poise::detail::device_cycle;
        int const which = (how == device_cycle::v         ? one
                           : how == device_cycle::v_twice ? two
                                                          : full) +
                          (x_is_zero_ ? 1 : 0);
        machine_.replay(which, [&] {
            coarser_.solve(how == device_cycle::full);
            rise(!x_is_zero_);
            if (how != device_cycle::v_twice) return;
            x_is_zero_ = false;
            leave_residuals();
            coarser_.solve(false);
            rise(true);
        });
        x_is_zero_ = false;
    }
    double norm_of_x() {
        if (x_is_zero_) return 0.0;
        // x is about b over the operator: near 1 by the scales of both.
        double const factor = std::clamp(cycle_.scale / shared_.scale(), 0x1p-1000, 0x1p1000);
        sum_points(squared_x{shared_.finest().grid, x_.data(), factor});
        return std::sqrt(result()) / factor;
    }
    void set_mean(double mean) {
        if (x_is_zero_) {
            machine_.fill_zero(x_.data(), n_unknowns());
            x_is_zero_ = false;
        }
        sum_points(share_of_x{system()});
        machine_.run(shift_mean{x_.data(), grid().n_points(), mean, shared_.all_shares(), sum_.data()});
    }
    void get(std::span<double> x) {
        if (x_is_zero_)
            std::ranges::fill(x, 0.0);
        else
            machine_.download(x, x_.data());
    }

private:
    enum sequence {
        norm,
        norm_from_zero,
        down,
        down_from_zero,
        one,
        one_from_zero,
        two,
        two_from_zero,
        full,
        full_from_zero
    };

    [[nodiscard]] grid_view<T> const& grid() const { return shared_.all().grids.front(); }
    [[nodiscard]] std::size_t n_unknowns() const { return static_cast<std::size_t>(grid().n_points()); }
    [[nodiscard]] int n_blocks_of_finest() const { return tile<Flat, T>::count(grid()); }
    [[nodiscard]] std::size_t n_partial_sums() const {
        point_sums<squared_residual> const sums{shared_.finest().grid, {}, nullptr};
        return static_cast<std::size_t>(std::max(sums.n_blocks(), n_blocks_of_finest()));
    }
    [[nodiscard]] finest_system system() const {
        finest_system made = shared_.finest();
        made.b = b_.data();
        made.x = x_is_zero_ ? nullptr : x_.data();
        made.numbers = numbers_.data();
        return made;
    }
    void set_numbers() { machine_.upload(numbers_.data(), std::span<cycle_numbers const>{&cycle_, 1}); }
    [[nodiscard]] double result() {
        double value = 0.0;
        machine_.download(std::span{&value, 1}, sum_.data());
        return value;
    }
    template <class Term>
    void sum_points(Term const& term) {
        point_sums<Term> const sums{shared_.finest().grid, term, squares_.data()};
        machine_.run(sums);
        machine_.run(total<>{squares_.data(), sums.n_blocks(), sum_.data()});
    }

    void leave_residuals() {
        using source = finest_source<T>;
        machine_.run(
            descent<Flat, T, source>{grid(), {}, source{system(), kept_.data()}, coarser_.b(), squares_.data(), omega});
    }
    void rise(bool adds) {
        machine_.run(ascent<Flat, T, double>{
            grid(), {}, kept_.data(), coarser_.x(), x_.data(), &numbers_.data()->back, adds, omega});
    }

    Machine machine_;
    shared_grids<Machine, T> const& shared_;
    array<double> b_, x_;
    array<T> kept_;  ///< residuals of the finest grid
    array<cycle_numbers> numbers_;
    array<double> squares_, sum_;
    coarser_grids<Machine, Flat, T, sum_of_directions<T>> coarser_;
    cycle_numbers cycle_;
    bool x_is_zero_ = true;
};

/// Of a box, on a machine.
template <class Machine, bool Flat, class T>
class multigrid_hierarchy final : public poise::detail::device_multigrid {
    using memory = multigrid_memory<Machine, Flat, T>;

public:
    multigrid_hierarchy(typename Machine::place const& where, poise::detail::device_multigrid_setup const& setup)
        : where_{where}, machine_{where}, shared_{machine_, setup} {}

    [[nodiscard]] std::unique_ptr<poise::detail::device_solve> begin(std::span<double const> b,
                                                                     std::span<double const> x, double scale,
                                                                     double mean) const override {
        auto made = std::make_unique<solve>(*this);
        made->lent().begin(b, x, scale, mean);
        return made;
    }
    [[nodiscard]] std::size_t bytes() const override {
        return shared_.bytes() + static_cast<std::size_t>(memory::bytes_of(shared_));
    }

private:
    class solve final : public poise::detail::device_solve {
    public:
        explicit solve(multigrid_hierarchy const& owner)
            : lease_{owner.pool_.take([&] { return owner.make_memory(); })} {}
        [[nodiscard]] memory& lent() const { return *lease_; }
        double residual_norm() override { return lent().residual_norm(); }
        double begin_cycle(double of_residual) override { return lent().begin_cycle(of_residual); }
        void end_cycle(poise::detail::device_cycle how) override { lent().end_cycle(how); }
        double norm_of_x() override { return lent().norm_of_x(); }
        void set_mean(double mean) override { lent().set_mean(mean); }
        void get(std::span<double> x) override { lent().get(x); }

    private:
        typename poise::detail::lending_pool<memory>::lease lease_;
    };

    [[nodiscard]] std::unique_ptr<memory> make_memory() const {
        machine_.require_room(memory::bytes_of(shared_), "a multigrid solve");
        return std::make_unique<memory>(where_, shared_);
    }

    typename Machine::place where_;
    mutable Machine machine_;
    shared_grids<Machine, T> shared_;
    mutable poise::detail::lending_pool<memory> pool_{1};  // what others had is free again
};

/// In the precision and for the shape that a setup asks for.
template <class Machine>
[[nodiscard]] std::unique_ptr<poise::detail::device_multigrid> make_multigrid(
    typename Machine::place const& where, poise::detail::device_multigrid_setup const& setup) {
    auto const make = [&]<bool Flat>() -> std::unique_ptr<poise::detail::device_multigrid> {
        if (setup.in_single) return std::make_unique<multigrid_hierarchy<Machine, Flat, float>>(where, setup);
        return std::make_unique<multigrid_hierarchy<Machine, Flat, double>>(where, setup);
    };
    if (setup.grids.front().axes[1].n() == 1) return make.template operator()<true>();
    return make.template operator()<false>();
}

}  // namespace poise::cuda::detail
