// SPDX-License-Identifier: MIT
#include "core/lending_pool.hpp"
#include "linear/operator_input.hpp"
#include "linear/overlap.hpp"
#include "linear/transform/aligned_doubles.hpp"
#include "linear/transform/axis_transform.hpp"
#include "linear/transform/kernels.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/index.hpp>
#include <poise/core/reductions.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/linear/spectral_transform.hpp>
#include <poise/profile/scope.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <climits>
#include <limits>
#include <vector>

namespace poise::linear {
namespace {

using detail::aligned_doubles;
using detail::allocate_aligned;

// Fewer are transformed on one thread: a second one would cost more than it saves.
constexpr std::size_t least_unknowns_for_threads = 20'000;
constexpr std::size_t rows_of_item = 64;  // a multiple of every vector's width

}  // namespace

template <std::size_t D>
class spectral_transform<D>::implementation {
public:
    implementation(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds)
        : kernels_{*detail::usable_kernels().front()} {
        auto const axes = grid::axis_stencils(grid, kinds);
        detail::require_operator(grid, kinds, axes, 0.0);
        std::array<std::ptrdiff_t, D> extents;
        for (std::size_t d = 0; d < D; ++d) {
            POISE_REQUIRE(grid.is_uniform(d), "spectral_transform: the cells in ", "xyz"[d],
                          " differ in width, and its sines are for equal ones");
            POISE_REQUIRE(grid.cells()[d] <= INT_MAX / 64, "the grid has ", grid.cells()[d], " cells in ", "xyz"[d],
                          "; at most ", INT_MAX / 64, " can be transformed");
            extents[d] = axes[d].n;
        }
        (void)checked_product(extents, std::numeric_limits<std::ptrdiff_t>::max() / 64, "number of unknowns");
        auto const W = static_cast<std::size_t>(kernels_.width);
        axes_.reserve(D);  // plans point into their axis' memory, which a copy would leave behind
        for (std::size_t d = 0; d < D; ++d) {
            axes_.push_back(detail::plan_axis(grid.cells()[d], grid.spacing(d), grid.centering(),
                                              {kinds[2 * d], kinds[2 * d + 1]}));
            if (d == 0) axes_[0].inverse_norms.resize((axes_[0].inverse_norms.size() + W - 1) / W * W);
        }
        for (std::size_t d = 0; d < D; ++d) {
            plan_.axis[d] = &axes_[d].plan;
            plan_.scale[d] = axes_[d].inverse_norms.data();
        }
        plan_.n_panels = (plan_.axis[0]->n + kernels_.width - 1) / kernels_.width;
        // An odd number of vectors from plane to plane, so that those of one line are in all sets of a cache.
        plan_.plane = plan_.n_panels * plan_.n_along(1);
        if (D == 3) plan_.plane |= 1;
    }

    layout coefficients() const {
        layout at;
        at.n_unknowns = 1;
        for (std::size_t d = 0; d < D; ++d) {
            at.n[d] = static_cast<std::size_t>(plan_.axis[d]->n);
            at.n_unknowns *= at.n[d];
        }
        at.width = static_cast<std::size_t>(kernels_.width);
        at.plane = static_cast<std::size_t>(plan_.plane);
        at.n_coefficients = at.n_unknowns == 0 ? 0 : at.plane * at.n[2] * at.width;
        return at;
    }

    void forward(std::span<double const> b, std::span<double> coefficients) const {
        require_finite(b, "b");
        std::size_t const n = n_threads();
        auto const leased = workspaces_.take([] { return std::make_unique<memory>(); });
        grow(*leased, n);
        std::array<std::size_t, 2> const n_items{n_inner_items(), n_outer_items()};
        task::parallel_phases(n_items, n, [&](std::size_t phase, std::size_t item, std::size_t thread) {
            double* const workspace = (*leased).workspaces[thread].get();
            if (phase == 1) {
                auto const [first, last] = outer_range(item);
                D == 3 ? kernels_.planes_to_modes(plan_, coefficients.data(), first, last, workspace)
                       : kernels_.panels_to_modes(plan_, coefficients.data(), 0, first, last, workspace);
                return;
            }
            auto const [plane, first, last] = inner_range(item);
            kernels_.rows_to_modes(plan_, b.data(), coefficients.data(), plane, first, last, workspace);
            if (D == 3) kernels_.panels_to_modes(plan_, coefficients.data(), plane, 0, plan_.n_panels, workspace);
        });
    }

    void backward(std::span<double> coefficients, std::span<double> x) const {
        std::size_t const n = n_threads();
        auto const leased = workspaces_.take([] { return std::make_unique<memory>(); });
        grow(*leased, n);
        std::array<std::size_t, 2> const n_items{n_outer_items(), n_inner_items()};
        task::parallel_phases(n_items, n, [&](std::size_t phase, std::size_t item, std::size_t thread) {
            double* const workspace = (*leased).workspaces[thread].get();
            if (phase == 0) {
                auto const [first, last] = outer_range(item);
                D == 3 ? kernels_.modes_to_planes(plan_, coefficients.data(), first, last, workspace)
                       : kernels_.modes_to_panels(plan_, coefficients.data(), 0, first, last, workspace);
                return;
            }
            auto const [plane, first, last] = inner_range(item);
            if (D == 3) kernels_.modes_to_panels(plan_, coefficients.data(), plane, 0, plan_.n_panels, workspace);
            kernels_.modes_to_rows(plan_, coefficients.data(), x.data(), plane, first, last, workspace);
        });
    }

    std::span<double const> eigenvalues(std::size_t d) const noexcept { return axes_[d].eigenvalues; }

    std::size_t bytes() const {
        std::size_t total = 0;
        for (auto const& axis : axes_) total += axis.bytes();
        std::size_t kept = kernels_.spectrum_workspace_bytes(plan_);
        workspaces_.for_each_idle(
            [&](memory const& idle) { kept += idle.workspaces.size() * kernels_.spectrum_workspace_bytes(plan_); });
        buffers_.for_each_idle([&](std::vector<double> const& idle) { kept += idle.size() * sizeof(double); });
        return total + kept;
    }

    auto take_buffer(std::size_t n) const {
        return buffers_.take([n] { return std::make_unique<std::vector<double>>(n); });
    }

private:
    struct memory {
        std::vector<aligned_doubles> workspaces;
    };
    struct range {
        std::ptrdiff_t first, last;
    };
    struct range_of_plane {
        std::ptrdiff_t plane, first, last;
    };

    std::size_t n_threads() const {
        auto const n = static_cast<std::size_t>(plan_.n_along(0) * plan_.n_along(1) * plan_.n_along(2));
        return n < least_unknowns_for_threads ? 1 : task::available_threads();
    }
    void grow(memory& own, std::size_t n_workspaces) const {
        while (own.workspaces.size() < n_workspaces)
            own.workspaces.push_back(allocate_aligned(kernels_.spectrum_workspace_bytes(plan_)));
    }

    // Along x: some rows, or in three dimensions a plane of them and its transforms along y. Along the last direction,
    // where that is not x: panels, or some vectors of a plane.
    std::size_t n_inner_items() const {
        if (D == 3) return static_cast<std::size_t>(plan_.n_along(2));
        return (static_cast<std::size_t>(plan_.n_along(1)) - 1) / rows_of_item + 1;
    }
    range_of_plane inner_range(std::size_t item) const {
        auto const n_rows = plan_.n_along(1);
        if (D == 3) return {static_cast<std::ptrdiff_t>(item), 0, n_rows};
        auto const first = static_cast<std::ptrdiff_t>(item * rows_of_item);
        return {0, first, std::min(first + static_cast<std::ptrdiff_t>(rows_of_item), n_rows)};
    }
    std::size_t n_outer_items() const {
        if (D == 1) return 0;
        if (D == 2) return static_cast<std::size_t>(plan_.n_panels);
        return static_cast<std::size_t>((plan_.n_panels * plan_.n_along(1) - 1) / vectors_of_item + 1);
    }
    range outer_range(std::size_t item) const {
        auto const at = static_cast<std::ptrdiff_t>(item);
        if (D == 2) return {at, at + 1};
        return {at * vectors_of_item, std::min((at + 1) * vectors_of_item, plan_.n_panels * plan_.n_along(1))};
    }

    static constexpr std::ptrdiff_t vectors_of_item = 16;

    detail::transform_kernels const& kernels_;
    std::vector<detail::axis_transform> axes_;
    detail::spectrum_plan plan_;
    mutable poise::detail::lending_pool<memory> workspaces_;
    mutable poise::detail::lending_pool<std::vector<double>> buffers_;
};

template <std::size_t D>
spectral_transform<D>::spectral_transform(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds)
    : implementation_{std::make_unique<implementation>(grid, kinds)}, layout_{implementation_->coefficients()} {}
template <std::size_t D>
spectral_transform<D>::~spectral_transform() = default;
template <std::size_t D>
spectral_transform<D>::spectral_transform(spectral_transform&& other) noexcept
    : implementation_{std::move(other.implementation_)}, layout_{std::exchange(other.layout_, nothing)} {}
template <std::size_t D>
spectral_transform<D>& spectral_transform<D>::operator=(spectral_transform&& other) noexcept {
    implementation_ = std::move(other.implementation_);
    layout_ = std::exchange(other.layout_, nothing);
    return *this;
}

template <std::size_t D>
void spectral_transform<D>::forward(std::span<double const> b, std::span<double> coefficients) const {
    POISE_REQUIRE(b.size() == n_unknowns() && coefficients.size() == n_coefficients(), "the box has ", n_unknowns(),
                  " unknowns and ", n_coefficients(), " coefficients, b ", b.size(), " numbers and coefficients ",
                  coefficients.size());
    POISE_REQUIRE(!detail::overlap(b, coefficients), "b and coefficients overlap; forward() needs both");
    if (!b.empty()) implementation_->forward(b, coefficients);
}
template <std::size_t D>
void spectral_transform<D>::backward(std::span<double> coefficients, std::span<double> x) const {
    POISE_REQUIRE(x.size() == n_unknowns() && coefficients.size() == n_coefficients(), "the box has ", n_unknowns(),
                  " unknowns and ", n_coefficients(), " coefficients, x ", x.size(), " numbers and coefficients ",
                  coefficients.size());
    POISE_REQUIRE(!detail::overlap(x, coefficients), "x and coefficients overlap; backward() needs both");
    if (!x.empty()) implementation_->backward(coefficients, x);
}
template <std::size_t D>
void spectral_transform<D>::apply_change(std::span<double const> b, std::span<double> x,
                                         change_of_coefficients change) const {
    profile::scope const timing{"spectral transform"};
    POISE_REQUIRE(b.size() == n_unknowns() && x.size() == n_unknowns(), "the box has ", n_unknowns(), " unknowns, b ",
                  b.size(), " and x ", x.size());
    if (b.empty()) return;
    auto const leased = implementation_->take_buffer(n_coefficients());
    std::span<double> const coefficients{*leased};
    implementation_->forward(b, coefficients);
    change.call(change.object, coefficients);
    implementation_->backward(coefficients, x);
}
template <std::size_t D>
std::span<double const> spectral_transform<D>::eigenvalues(std::size_t d) const noexcept {
    return implementation_ != nullptr ? implementation_->eigenvalues(d) : std::span<double const>{};
}
template <std::size_t D>
std::size_t spectral_transform<D>::bytes() const {
    return implementation_ != nullptr ? implementation_->bytes() : 0;
}

template class spectral_transform<1>;
template class spectral_transform<2>;
template class spectral_transform<3>;

}  // namespace poise::linear
