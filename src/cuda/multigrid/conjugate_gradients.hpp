// SPDX-License-Identifier: MIT
// Private to src/: conjugate gradients as programs for a GPU, one behind the other.
#pragma once

#include "core/device_diffusion.hpp"
#include "core/lending_pool.hpp"
#include "cuda/multigrid/coarser_grids.hpp"
#include "cuda/multigrid/iteration_programs.hpp"
#include "cuda/multigrid/shared_matrices.hpp"

#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace poise::cuda::detail {

/// Of one solve: its vectors, and its programs.
template <class Machine, bool Flat, class T>
class iteration_memory {
    template <class U>
    using array = typename Machine::template array<U>;
    using step = poise::detail::device_iteration::step;
    static constexpr T omega = over_relaxation<T, Flat>;
    static constexpr int first_colour = 1;  ///< cycles are symmetric
    static constexpr char const* what = "a solve by conjugate gradients";

public:
    iteration_memory(typename Machine::place const& where, shared_matrices<Machine, T> const& shared)
        : machine_{where},
          shared_{shared},
          b_{machine_, n(), "the right-hand side"},
          x_{machine_, n(), "the solution"},
          r_{machine_, n(), what},
          z_{machine_, n(), what},
          p_{machine_, n(), what},
          q_{machine_, n(), what},
          kept_{machine_, n(), what},
          numbers_{machine_, 1, what},
          partial_{machine_, n_blocks(), what},
          partial_of_two_{machine_, n_blocks(), what},
          coarser_{machine_, shared.all(), first_colour} {}

    [[nodiscard]] static double bytes_of(shared_matrices<Machine, T> const& shared) {
        return (6.0 * sizeof(double) + sizeof(T)) * static_cast<double>(shared.grid().n_points()) +
               coarser_grids<Machine, Flat, T, numbers_by_point<T>>::bytes_of(shared.all());
    }

    /// x: empty: 0.
    void begin(std::span<double const> b, std::span<double const> x) {
        machine_.upload(b_.data(), b);
        if (x.empty())
            machine_.fill_zero(x_.data(), n());
        else
            machine_.upload(x_.data(), x);
        iteration_numbers first;
        first.scale = shared_.scale();
        machine_.upload(numbers_.data(), std::span<iteration_numbers const>{&first, 1});
    }
    double restart() {
        machine_.replay(anew, [&] { sum_points(compute_residual{vectors()}, &numbers_.data()->residual); });
        is_anew_ = true;
        return result().residual_norm;
    }
    step iterate() {
        bool const is_first = std::exchange(is_anew_, false);
        machine_.replay(is_first ? first_step : onward, [&] {
            precondition(is_first);
            machine_.run(point_sums<turn_direction>{shared_.grid(), {vectors()}, partial_.data()});
            sum_points(apply_A{vectors()}, &numbers_.data()->curvature);
            sum_points(step_along{vectors()}, &numbers_.data()->residual);
        });
        return result();
    }
    double norm_of_x() {
        // b is near 1, and so is the matrix times its scale.
        double const factor = 1.0 / shared_.scale();
        sum_points(squared_x{shared_.grid(), x_.data(), factor}, &numbers_.data()->residual);
        return result().residual_norm / factor;
    }
    void get(std::span<double> x) { machine_.download(x, x_.data()); }

private:
    enum sequence { anew, first_step, onward };

    [[nodiscard]] std::size_t n() const { return static_cast<std::size_t>(shared_.grid().n_points()); }
    [[nodiscard]] std::size_t n_blocks() const {
        return static_cast<std::size_t>(point_sums<squared_x>{shared_.grid(), {}, nullptr}.n_blocks());
    }
    [[nodiscard]] iteration_vectors vectors() const {
        return {shared_.grid(), shared_.finest(), b_.data(), x_.data(),      r_.data(),
                z_.data(),      p_.data(),        q_.data(), numbers_.data()};
    }
    [[nodiscard]] step result() {
        iteration_numbers now;
        machine_.download(std::span{&now, 1}, numbers_.data());
        return {std::sqrt(now.residual), now.curvature, now.rho};
    }
    template <class Term>
    void sum_points(Term const& term, double* to) {
        point_sums<Term> const sums{shared_.grid(), term, partial_.data()};
        machine_.run(sums);
        machine_.run(total<>{partial_.data(), sums.n_blocks(), to});
    }
    // z = M r, and beta.
    void precondition(bool is_first) {
        auto const& grid = shared_.all().grids.front();
        auto const& A = shared_.all().operators.front();
        using source = rounded_residual<T>;
        machine_.run(descent<Flat, T, source, numbers_by_point<T>>{grid, A, source{grid, r_.data(), kept_.data()},
                                                                   coarser_.b(), nullptr, omega, first_colour});
        coarser_.solve(false);
        machine_.run(ascent<Flat, T, double, numbers_by_point<T>>{grid, A, kept_.data(), coarser_.x(), z_.data(),
                                                                  &numbers_.data()->scale, false, omega, first_colour});
        point_sums<products_of_z> const sums{shared_.grid(), {vectors(), is_first}, partial_of_two_.data()};
        machine_.run(sums);
        machine_.run(total<two_sums>{partial_of_two_.data(), sums.n_blocks(), &numbers_.data()->of_z});
        machine_.run(choose_beta{numbers_.data(), is_first});
    }

    Machine machine_;
    shared_matrices<Machine, T> const& shared_;
    array<double> b_, x_, r_, z_, p_, q_;
    array<T> kept_;
    array<iteration_numbers> numbers_;
    array<double> partial_;
    array<two_sums> partial_of_two_;
    coarser_grids<Machine, Flat, T, numbers_by_point<T>> coarser_;
    bool is_anew_ = true;
};

template <class Machine, bool Flat, class T>
class conjugate_gradients final : public poise::detail::device_diffusion {
    using memory = iteration_memory<Machine, Flat, T>;

public:
    conjugate_gradients(typename Machine::place const& where, poise::detail::device_diffusion_setup const& setup)
        : where_{where}, machine_{where}, shared_{with_room(machine_, setup), setup} {}

    [[nodiscard]] std::unique_ptr<poise::detail::device_iteration> begin(std::span<double const> b,
                                                                         std::span<double const> x) const override {
        auto made = std::make_unique<iteration>(*this);
        made->lent().begin(b, x);
        return made;
    }
    [[nodiscard]] std::size_t bytes() const override {
        return shared_.bytes() + static_cast<std::size_t>(memory::bytes_of(shared_));
    }

private:
    class iteration final : public poise::detail::device_iteration {
    public:
        explicit iteration(conjugate_gradients const& owner)
            : lease_{owner.pool_.take([&] { return owner.make_memory(); })} {}
        [[nodiscard]] memory& lent() const { return *lease_; }
        double restart() override { return lent().restart(); }
        step iterate() override { return lent().iterate(); }
        double norm_of_x() override { return lent().norm_of_x(); }
        void get(std::span<double> x) override { lent().get(x); }

    private:
        typename poise::detail::lending_pool<memory>::lease lease_;
    };

    // For the matrices and the vectors of a solve, before any of it is there.
    static Machine& with_room(Machine& machine, poise::detail::device_diffusion_setup const& setup) {
        double bytes = 0.0;
        for (auto const& matrix : setup.matrices) {
            double const numbers = matrix.to_next[1].empty() ? 3.0 : 4.0;
            bytes += (numbers + 3.0) * sizeof(T) * static_cast<double>(matrix.diagonal.size());
            if (&matrix == &setup.matrices.front())
                bytes += (numbers + 6.0) * sizeof(double) * static_cast<double>(matrix.diagonal.size());
        }
        machine.require_room(bytes, "a problem whose coefficients vary");
        return machine;
    }
    [[nodiscard]] std::unique_ptr<memory> make_memory() const {
        machine_.require_room(memory::bytes_of(shared_), "a solve by conjugate gradients");
        return std::make_unique<memory>(where_, shared_);
    }

    typename Machine::place where_;
    mutable Machine machine_;
    shared_matrices<Machine, T> shared_;
    mutable poise::detail::lending_pool<memory> pool_{1};  // what others had is free again
};

/// In the precision and for the shape that a setup asks for.
template <class Machine>
[[nodiscard]] std::unique_ptr<poise::detail::device_diffusion> make_diffusion(
    typename Machine::place const& where, poise::detail::device_diffusion_setup const& setup) {
    auto const make = [&]<bool Flat>() -> std::unique_ptr<poise::detail::device_diffusion> {
        if (setup.in_single) return std::make_unique<conjugate_gradients<Machine, Flat, float>>(where, setup);
        return std::make_unique<conjugate_gradients<Machine, Flat, double>>(where, setup);
    };
    if (setup.grids.front().axes[1].n() == 1) return make.template operator()<true>();
    return make.template operator()<false>();
}

}  // namespace poise::cuda::detail
