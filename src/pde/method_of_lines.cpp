// SPDX-License-Identifier: MIT
#include "grid/indices.hpp"
#include "pde/axis_couplings.hpp"
#include "pde/evolving.hpp"
#include "pde/heat_system.hpp"
#include "pde/transport/transport_system.hpp"

#include <poise/core/error.hpp>
#include <poise/pde/method_of_lines.hpp>

#include <algorithm>
#include <utility>

namespace poise::pde {
namespace detail {
namespace {

/// How far apart unknowns are that know each other: along each direction, and beside sides among the outermost.
struct stencil_reach {
    std::ptrdiff_t between, beside_sides;
};

template <std::size_t D>
ode::jacobian_structure structure_of(grid::extents<D> const& n, grid::condition_kinds<D> const& kinds,
                                     stencil_reach const& reach) {
    auto const is_periodic = [&](std::size_t d) { return kinds[2 * d] == grid::condition_kind::periodic; };
    if (D == 1 && !is_periodic(0)) {
        auto const width = static_cast<std::size_t>(std::max(reach.between, reach.beside_sides));
        return ode::banded{width, width};
    }
    std::vector<std::pair<std::size_t, std::size_t>> entries;
    grid::detail::for_each_index(n, [&](grid::extents<D> const& i) {
        auto const row = static_cast<std::size_t>(grid::detail::place_of(i, n));
        for (std::size_t d = 0; d < D; ++d) {
            std::ptrdiff_t first = i[d] - reach.between, last = i[d] + reach.between;
            if (!is_periodic(d)) {
                if (first < 0) last = std::max(last, reach.beside_sides);
                if (last >= n[d]) first = std::min(first, n[d] - 1 - reach.beside_sides);
                first = std::max<std::ptrdiff_t>(first, 0), last = std::min(last, n[d] - 1);
            }
            for (std::ptrdiff_t k = first; k <= last; ++k) {
                auto j = i;
                j[d] = (k % n[d] + n[d]) % n[d];
                entries.emplace_back(row, static_cast<std::size_t>(grid::detail::place_of(j, n)));
            }
        }
    });
    return ode::sparse{std::move(entries)};
}

}  // namespace

/// A problem on its grid.
template <std::size_t D>
class equations {
public:
    equations() = default;
    virtual ~equations() = default;
    equations(equations const&) = delete;
    equations& operator=(equations const&) = delete;

    virtual void rate(double t, std::vector<double> const& y, std::vector<double>& dydt) = 0;
    [[nodiscard]] virtual std::size_t n_unknowns() const = 0;
    [[nodiscard]] virtual std::vector<double> initial() const = 0;
    [[nodiscard]] virtual ode::jacobian_structure jacobian() const = 0;
    [[nodiscard]] virtual grid::field<D> to_field(double t, std::span<double const> y) const = 0;
};

namespace {

template <std::size_t D>
class transport_equations final : public equations<D> {
public:
    explicit transport_equations(transport_problem<D> problem)
        : problem_{(require_transport(problem), std::move(problem))}, system_{problem_} {}

    void rate(double t, std::vector<double> const& y, std::vector<double>& dydt) override {
        if (system_.sides_change()) system_.evaluate_sides(t, system_.side_data());
        system_.set_time(t);
        system_.rate(y.data(), dydt.data());
    }
    std::size_t n_unknowns() const override { return system_.size(); }
    std::vector<double> initial() const override { return system_.initial(); }
    ode::jacobian_structure jacobian() const override {
        auto const scheme = problem_.scheme;
        stencil_reach const reach = scheme == advection_scheme::weno5     ? stencil_reach{3, 4}
                                    : scheme == advection_scheme::limited ? stencil_reach{2, 2}
                                                                          : stencil_reach{1, 1};
        return structure_of<D>(problem_.domain.cells(), problem_.boundary.at(problem_.t.begin).kinds(), reach);
    }
    grid::field<D> to_field(double, std::span<double const> y) const override {
        return {problem_.domain, std::vector<double>(y.begin(), y.end())};
    }

private:
    transport_problem<D> problem_;
    transport_system<D> system_;
};

template <std::size_t D>
class heat_equations final : public equations<D> {
public:
    explicit heat_equations(heat<D> const& problem)
        : problem_{problem},
          boundary_{problem.boundary.at(problem.t.begin)},
          given_{problem_, options_, boundary_, {}},
          system_{given_},
          data_(system_.n_unknowns()) {
        system_.data(problem.t.begin, data_);
    }

    void rate(double t, std::vector<double> const& y, std::vector<double>& dydt) override {
        if (!system_.has_constant_data()) system_.data(t, data_);
        system_.A()(y, dydt);
        auto const mass = system_.mass();
        for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = (data_[i] - dydt[i]) / mass[i];
    }
    std::size_t n_unknowns() const override { return system_.n_unknowns(); }
    std::vector<double> initial() const override { return system_.initial(); }
    ode::jacobian_structure jacobian() const override {
        auto const n = unknowns_of(grid::axis_stencils(problem_.domain, boundary_.kinds()));
        return structure_of<D>(n, boundary_.kinds(), {1, 1});
    }
    grid::field<D> to_field(double t, std::span<double const> y) const override {
        grid::field<D> u{problem_.domain};
        system_.to_field(t, y, u);
        return u;
    }

private:
    heat<D> problem_;
    evolution_options<D> options_;
    grid::boundary<D> boundary_;
    heat_to_solve<D> given_;
    heat_system<D> system_;
    std::vector<double> data_;
};

template <std::size_t D>
std::shared_ptr<equations<D>> equations_of(heat<D> const& problem) {
    require_heat_fields(problem);
    return std::make_shared<heat_equations<D>>(problem);
}
template <std::size_t D>
std::shared_ptr<equations<D>> equations_of(transport_problem<D> problem) {
    return std::make_shared<transport_equations<D>>(std::move(problem));
}

}  // namespace
}  // namespace detail

template <std::size_t D>
method_of_lines<D>::method_of_lines(advection_diffusion<D> const& problem)
    : equations_{detail::equations_of(detail::as_transport(problem))}, span_{problem.t} {}
template <std::size_t D>
method_of_lines<D>::method_of_lines(burgers<D> const& problem)
    : equations_{detail::equations_of(detail::as_transport(problem))}, span_{problem.t} {}
template <std::size_t D>
method_of_lines<D>::method_of_lines(heat<D> const& problem)
    : equations_{detail::equations_of(problem)}, span_{problem.t} {}

template <std::size_t D>
void method_of_lines<D>::operator()(double t, std::vector<double> const& y, std::vector<double>& dydt) const {
    POISE_REQUIRE(y.size() == n_unknowns() && dydt.size() == n_unknowns(), "y has ", y.size(), " numbers and dydt ",
                  dydt.size(), ", the problem ", n_unknowns(), " unknowns; begin with initial()");
    equations_->rate(t, y, dydt);
}
template <std::size_t D>
std::size_t method_of_lines<D>::n_unknowns() const noexcept {
    return equations_->n_unknowns();
}
template <std::size_t D>
std::vector<double> method_of_lines<D>::initial() const {
    return equations_->initial();
}
template <std::size_t D>
ode::jacobian_structure method_of_lines<D>::jacobian() const {
    return equations_->jacobian();
}
template <std::size_t D>
grid::field<D> method_of_lines<D>::to_field(double t, std::span<double const> y) const {
    POISE_REQUIRE(y.size() == n_unknowns(), "y has ", y.size(), " numbers, and the problem ", n_unknowns(),
                  " unknowns");
    return equations_->to_field(t, y);
}

template class method_of_lines<1>;
template class method_of_lines<2>;
template class method_of_lines<3>;

}  // namespace poise::pde
