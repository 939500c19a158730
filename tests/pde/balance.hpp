// SPDX-License-Identifier: MIT
// What flows into and out of the control volume of each unknown, counted from a solution and from nothing that solves.
#pragma once

#include <poise/grid/field.hpp>
#include <poise/pde/diffusion.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace poise_test {

/// The part of the box that belongs to one unknown.
struct control_volume {
    std::size_t point;  ///< its place among the grid's
    double measure;
    double net;       ///< flux in + source - σu: 0 for the exact solution of the discrete problem
    double rounding;  ///< of `net`, and of the residual that a solver computes, at most
};

struct balance {
    std::vector<control_volume> volumes;
    double through_sides = 0.0;  ///< into the box
    double produced = 0.0;       ///< by the source
    double consumed = 0.0;       ///< σu
    double magnitude = 0.0;      ///< of all that these three are sums of
};

template <std::size_t D>
class accountant {
public:
    /// removed_mean: what the solver took out of the source.
    accountant(poise::pde::diffusion<D> const& problem, poise::grid::field<D> const& u, double removed_mean)
        : problem_{problem},
          domain_{problem.domain},
          u_{u},
          removed_mean_{removed_mean},
          kappa_{values_of(problem.kappa.along(0))},
          sigma_{values_of(problem.sigma)},
          source_{values_of(problem.source)} {
        for (double const value : u.values()) largest_ = std::max(largest_, std::abs(value));
    }

    [[nodiscard]] balance count() const {
        balance all;
        for (std::size_t p = 0; p < domain_.size(); ++p)
            if (auto const i = index_of(p); is_unknown(i)) all.volumes.push_back(volume(p, i, all));
        return all;
    }

private:
    using index = std::array<std::ptrdiff_t, D>;
    using kind = poise::grid::condition_kind;
    // A flux is `given` less a part that is `weight` times a value of u, or less the difference of two such.
    struct face {
        double flux, weight, given;
        bool is_side;
    };

    [[nodiscard]] std::vector<double> values_of(poise::grid::scalar_function<D> const& f) const {
        std::vector<double> values(domain_.size());
        f.evaluate(domain_, values);
        return values;
    }
    [[nodiscard]] index index_of(std::size_t p) const {
        index i;
        auto rest = static_cast<std::ptrdiff_t>(p);
        for (std::size_t d = 0; d < D; rest /= domain_.points()[d++]) i[d] = rest % domain_.points()[d];
        return i;
    }
    [[nodiscard]] std::size_t place_of(index const& i) const {
        std::ptrdiff_t p = 0;
        for (std::size_t d = D; d-- > 0;) p = p * domain_.points()[d] + i[d];
        return static_cast<std::size_t>(p);
    }
    [[nodiscard]] bool on_nodes() const { return domain_.centering() == poise::grid::centering::node; }
    [[nodiscard]] kind kind_of(std::size_t d, std::size_t end) const { return problem_.boundary.at(d, end).kind; }
    [[nodiscard]] bool is_end(index const& i, std::size_t d, std::size_t end) const {
        return i[d] == (end == 0 ? 0 : domain_.points()[d] - 1);
    }
    // Known are nodes on Dirichlet sides, and those that a periodic direction has twice.
    [[nodiscard]] bool is_unknown(index const& i) const {
        if (!on_nodes()) return true;
        for (std::size_t d = 0; d < D; ++d) {
            if (kind_of(d, 0) == kind::periodic && is_end(i, d, 1)) return false;
            for (std::size_t end = 0; end < 2; ++end)
                if (kind_of(d, end) == kind::dirichlet && is_end(i, d, end)) return false;
        }
        return true;
    }
    // Of the control volume in direction d: a node on a side has the half cell that is inside.
    [[nodiscard]] double width(index const& i, std::size_t d) const {
        bool const is_half = on_nodes() && kind_of(d, 0) != kind::periodic && (is_end(i, d, 0) || is_end(i, d, 1));
        return (is_half ? 0.5 : 1.0) * domain_.spacing(d);
    }

    [[nodiscard]] control_volume volume(std::size_t p, index const& i, balance& all) const {
        double measure = 1.0;
        for (std::size_t d = 0; d < D; ++d) measure *= width(i, d);
        double const source = (source_[p] - removed_mean_) * measure, sink = sigma_[p] * u_.values()[p] * measure;
        double net = source - sink;
        double magnitude = (std::abs(source_[p]) + std::abs(removed_mean_) + sigma_[p] * largest_) * measure;
        all.produced += source;
        all.consumed += sink;
        all.magnitude += magnitude;
        for (std::size_t d = 0; d < D; ++d)
            for (std::size_t end = 0; end < 2; ++end) {
                face const in = through(p, i, d, end, measure / width(i, d));
                net += in.flux;
                magnitude += 2.0 * in.weight * largest_ + in.given;
                if (!in.is_side) continue;
                all.through_sides += in.flux;
                all.magnitude += in.weight * largest_ + in.given;
            }
        // Here and in a solver a term takes at most 10 operations, and their sum 8 more; u was rounded a few times.
        return {p, measure, net, 40.0 * std::numeric_limits<double>::epsilon() * magnitude};
    }

    [[nodiscard]] face through(std::size_t p, index const& i, std::size_t d, std::size_t end, double area) const {
        double const h = domain_.spacing(d), here = u_.values()[p];
        if (is_end(i, d, end) && kind_of(d, end) != kind::periodic) return through_side(p, i, d, end, area);
        index next = i;
        next[d] += end == 0 ? -1 : 1;
        if (kind_of(d, end) == kind::periodic) next[d] = (next[d] + domain_.cells()[d]) % domain_.cells()[d];
        std::size_t const q = place_of(next);
        double const weight = area * 2.0 / (1.0 / kappa_[p] + 1.0 / kappa_[q]) / h;
        return {weight * (u_.values()[q] - here), weight, 0.0, !is_unknown(next)};
    }

    [[nodiscard]] face through_side(std::size_t p, index const& i, std::size_t d, std::size_t end, double area) const {
        auto const& side = problem_.boundary.at(d, end);
        poise::grid::point<D> x;
        for (std::size_t t = 0; t < D; ++t) x[t] = domain_.coordinate(t, i[t]);
        x[d] = end == 0 ? domain_.lower()[d] : domain_.upper()[d];
        double const value = side.value(x), here = u_.values()[p];
        double const to_face = 2.0 * kappa_[p] / domain_.spacing(d);
        if (side.kind == kind::neumann) return {area * value, 0.0, area * std::abs(value), true};
        if (side.kind == kind::dirichlet)
            return {area * to_face * (value - here), area * to_face, area * to_face * std::abs(value), true};
        double const loss = side.coefficient(x);
        double const at_face = on_nodes() ? here : (value + to_face * here) / (to_face + loss);
        double const weight = on_nodes() ? loss : loss * to_face / (to_face + loss);
        return {area * (value - loss * at_face), area * weight, 2.0 * area * std::abs(value), true};
    }

    poise::pde::diffusion<D> const& problem_;
    poise::grid::cartesian<D> const& domain_;
    poise::grid::field<D> const& u_;
    double removed_mean_;
    double largest_ = 0.0;  ///< of |u|
    std::vector<double> kappa_, sigma_, source_;
};

}  // namespace poise_test
