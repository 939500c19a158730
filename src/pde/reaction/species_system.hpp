// SPDX-License-Identifier: MIT
// Private to src/pde: species on a grid, ∂u/∂t = D Δu + R(u) + g(t) for each.
#pragma once

#include "core/large_vector.hpp"
#include "pde/axis_couplings.hpp"
#include "pde/discrete_problem.hpp"
#include "pde/line_layout.hpp"

#include <poise/grid/stencil.hpp>
#include <poise/pde/reaction_diffusion.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// One array for each species.
using species_values = std::vector<poise::detail::large_vector<double>>;

/// Pointers to all of them are on the stack where a reaction is evaluated.
inline constexpr std::size_t most_species = 16;

/// Of one species.
template <std::size_t D>
struct diffusing_species {
    double diffusivity;
    grid::condition_kinds<D> kinds;
    std::array<grid::axis_stencil, D> axes;
    std::array<axis_couplings, D> couplings;  ///< along x as long as lines; 0 where it wraps around
    /// What couples the ends of lines, where x is periodic: the first unknown to the last, and the last to the first.
    std::array<double, 2> wrap{};
    std::vector<double> robin;  ///< what Robin sides add, of each unknown over its share; or empty
    bool has_data = false;      ///< whether b is anything but 0
    bool has_constant_data = true;
    std::vector<double> b;  ///< source times shares and the sides' data, at the time that was asked for last
};

/// Unknowns of all species are at the same points, x fastest. Not thread-safe: evaluate_data()
/// and fastest_reaction() write.
template <std::size_t D>
class species_system {
public:
    /// Throws std::invalid_argument where species have their unknowns at different points, or values are not finite.
    explicit species_system(species_problem<D> const& problem);

    [[nodiscard]] std::size_t n_species() const noexcept { return species_.size(); }
    [[nodiscard]] std::size_t n_unknowns() const noexcept { return shares_.size(); }  ///< of each species
    [[nodiscard]] line_layout<D> const& layout() const noexcept { return layout_; }
    [[nodiscard]] diffusing_species<D> const& species(std::size_t s) const noexcept { return species_[s]; }
    [[nodiscard]] std::span<double const> shares() const noexcept { return shares_; }
    [[nodiscard]] bool has_unit_shares() const noexcept { return has_unit_shares_; }
    [[nodiscard]] bool is_periodic(std::size_t d) const noexcept { return species_[0].couplings[d].periodic; }
    [[nodiscard]] bool has_constant_data() const noexcept;
    [[nodiscard]] double data_s() const noexcept { return data_s_; }
    /// No eigenvalue of -D Δ is larger, of no species, by Gershgorin's circles.
    [[nodiscard]] double largest_diffusion() const;

    /// The initial values, of unknown after unknown.
    [[nodiscard]] species_values initial() const;
    /// b of all species at time t. Throws std::invalid_argument for data that are not finite.
    void evaluate_data(double t);
    /// R of the unknowns [first, first + n) of line (j, k). u, rate: of each species, at the first of them.
    void react(double t, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first, std::size_t n,
               double const* const* u, double* const* rate) const;
    /// The largest of what the reaction's Jacobian does in the maximum norm to species that are as large as they are
    /// anywhere: of differences of R, at the unknowns u and a millionth beyond, or before where R ends. NaN where R is
    /// not finite on either side.
    [[nodiscard]] double fastest_reaction(double t, species_values const& u);
    /// u on all points at time t, with the Dirichlet data of that time on the nodes that are known.
    void to_fields(double t, species_values const& u, species_fields<D>& fields) const;
    /// Whether data or the reaction may change with time by themselves.
    [[nodiscard]] bool changes_by_itself() const noexcept { return problem_.reacts_to_time || !has_constant_data(); }
    /// What an unknown's error may be, of a species with that Σ u².
    [[nodiscard]] double error_scale(species_options<D> const& options, double squares) const;
    /// ∫u of a species.
    [[nodiscard]] double amount(std::span<double const> u) const;

    /// visit(j, k) for all lines.
    template <class Visitor>
    void for_each_line(Visitor const& visit) const {
        for (std::ptrdiff_t k = 0; k < layout_.n[2]; ++k)
            for (std::ptrdiff_t j = 0; j < layout_.n[1]; ++j) visit(j, k);
    }

private:
    [[nodiscard]] diffusing_species<D> species_of(species_problem<D> const& problem, std::size_t s) const;
    void require_same_points() const;
    void differentiate(double t, std::ptrdiff_t j, std::ptrdiff_t k, species_values const& u, std::size_t by);

    species_problem<D> const& problem_;
    std::vector<grid::boundary<D>> boundaries_;  ///< at the beginning
    std::vector<diffusing_species<D>> species_;
    line_layout<D> layout_;
    std::array<std::vector<double>, D> coordinates_;
    std::vector<double> shares_;
    bool has_unit_shares_ = true;
    std::vector<double> points_;  ///< a source on all points
    /// Of one line, for differences of R: u that is moved, R, R there, and the sums of rows of the Jacobian.
    std::array<std::vector<std::vector<double>>, 4> line_;
    std::array<std::vector<double*>, 3> places_;  ///< of the first three
    std::vector<double> sizes_;
    double data_s_ = 0.0;
};

}  // namespace poise::pde::detail
