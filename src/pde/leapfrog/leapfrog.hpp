// SPDX-License-Identifier: MIT
// Private to src/pde: the leapfrog step of one length, on any lines.
#pragma once

#include "pde/leapfrog/kernels.hpp"
#include "pde/leapfrog/line_layout.hpp"
#include "pde/leapfrog/medium.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// What acts from outside: b of the unknowns, as discrete_problem makes it of source / c².
enum class forcing {
    none,
    constant,  ///< given once
    changing,  ///< given before each step, set_forcing()
};

/// u⁺ = u + p (u − u⁻) + q L u + g, with β = dt·rate / 2, p = (1 − β) / (1 + β), q = dt² c² / (1 + β) and g = q b /
/// share: ∂u/∂t by the central difference, so that losses cost no stability. Second order; stable up to dt = 2 /
/// √largest_eigenvalue. Source: Hairer, Lubich & Wanner (2003), Acta Numerica 12, 399, eq. (1.5).
template <std::size_t D>
class leapfrog {
public:
    /// b: empty, or for constant forcing one for each unknown. medium must outlive it.
    leapfrog(wave_medium<D> const& medium, double dt, forcing kind, std::span<double const> b = {});

    [[nodiscard]] line_layout<D> const& layout() const noexcept { return layout_; }
    [[nodiscard]] bool is_periodic(std::size_t d) const noexcept { return couplings_[d].periodic; }
    /// Zeros, on pages of their own.
    [[nodiscard]] poise::detail::large_vector<double> make_state() const {
        return poise::detail::large_vector<double>(layout_.size());
    }
    void set_forcing(std::span<double const> b);

    /// One step of the lines [first, last) of plane k; v is u⁻ and becomes u⁺. u and v: of make_state().
    void step_lines(double const* u, double* v, std::ptrdiff_t k, std::ptrdiff_t first, std::ptrdiff_t last) const;
    /// One step of the vectors [first, last) of a line alone, in one dimension.
    void step_vectors(double const* u, double* v, std::ptrdiff_t first, std::ptrdiff_t last) const;

    /// u a step after the beginning, from there: v on entry ∂u/∂t, on return u.
    void begin(double const* u, double* v) const;
    /// What steps without losses under a constant forcing keep, between u and the next one: ½ δᵀMδ + ½ uᵀA u⁺ − ½ bᵀ(u
    /// + u⁺), δ = (u⁺ − u)/dt, of M = 1/c² and the matrix A of −Δ.
    [[nodiscard]] double energy(double const* u, double const* next) const;

private:
    template <class Visitor>
    void for_each_line(Visitor const& visit) const {
        for (std::ptrdiff_t k = 0; k < layout_.n[2]; ++k)
            for (std::ptrdiff_t j = 0; j < layout_.n[1]; ++j) visit(j, k);
    }
    void put_couplings();
    void append_coefficients(medium_line const& line, std::span<double> scratch);
    void put_forcing(std::ptrdiff_t j, std::ptrdiff_t k, std::span<double const> b, std::span<double> g) const;
    [[nodiscard]] bool is_plain_across(std::size_t d, std::ptrdiff_t i) const;
    [[nodiscard]] bool is_plain(std::ptrdiff_t j, std::ptrdiff_t k);
    [[nodiscard]] std::ptrdiff_t plain_lines_from(std::ptrdiff_t line, std::ptrdiff_t n_most) const;
    [[nodiscard]] plain_lines plain(double const* u, double* v, std::ptrdiff_t j, std::ptrdiff_t k,
                                    std::ptrdiff_t n) const;
    [[nodiscard]] general_line general(double const* u, double* v, std::ptrdiff_t j, std::ptrdiff_t k) const;
    void step_part(double const* u, double* v, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first,
                   std::ptrdiff_t last) const;
    /// L u of one unknown.
    [[nodiscard]] double coupled(general_line const& line, std::ptrdiff_t i) const;
    [[nodiscard]] double step_end(general_line const& line, std::ptrdiff_t i, double before) const;

    wave_medium<D> const& medium_;
    line_layout<D> layout_;
    double dt_;
    double scale_;                             ///< couplings are relative to it, and q is times it
    std::array<axis_couplings, 3> couplings_;  ///< along x as long as lines
    line_values q_, p_, g_, robin_;
    std::vector<std::uint8_t> plain_;  ///< of each line, whether plain_lines are for it, its ends apart
    bool has_own_ends_ = false;        ///< whether ends of plain lines are
};

}  // namespace poise::pde::detail
