// SPDX-License-Identifier: MIT
// Private to src/pde: the leapfrog step of one length, on any lines.
#pragma once

#include "pde/fused_sweep.hpp"
#include "pde/leapfrog/kernels.hpp"
#include "pde/leapfrog/medium.hpp"
#include "pde/line_layout.hpp"

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

enum class time_order { second, fourth };

/// Two states one step apart, and for time_order::fourth room for a third one.
struct leapfrog_states {
    std::array<double*, 2> u;  ///< before the first step, the older one first
    double* w = nullptr;
};

/// time_order::second: u⁺ = u + p (u − u⁻) + w with w = q L u + g, β = dt·rate / 2, p = (1 − β) / (1 + β), q = dt² c² /
/// (1 + β) and g = q b / share: ∂u/∂t by the central difference, so that losses cost no stability. Stable up to dt = 2
/// / √largest_eigenvalue. Source: Hairer, Lubich & Wanner (2003), Acta Numerica 12, 399, eq. (1.5). time_order::fourth:
/// u⁺ = 2u − u⁻ + w + q L w / 12, without losses and with nothing that changes. Stable up to √12 / √largest_eigenvalue.
/// Source: Cohen (2002), Higher-Order Numerical Methods for Transient Wave Equations, §6.3.1 (the modified equation).
/// A stage is what lines need their neighbours to have done before: a step of second order, half of one of fourth.
template <std::size_t D>
class leapfrog {
public:
    /// b: empty, or for constant forcing one for each unknown. medium must outlive it.
    leapfrog(wave_medium<D> const& medium, double dt, time_order order, forcing kind, std::span<double const> b = {});

    [[nodiscard]] line_layout<D> const& layout() const noexcept { return layout_; }
    [[nodiscard]] bool is_periodic(std::size_t d) const noexcept { return couplings_[d].periodic; }
    [[nodiscard]] std::ptrdiff_t n_stages() const noexcept { return order_ == time_order::fourth ? 2 : 1; }
    [[nodiscard]] double dt() const noexcept { return dt_; }
    /// Zeros, on pages of their own.
    [[nodiscard]] poise::detail::large_vector<double> make_state() const {
        return poise::detail::large_vector<double>(layout_.size());
    }
    /// b of the next step, where that changes.
    void set_forcing(std::span<double const> b);

    /// A stage, counted from the states on, of the lines [first, last) of plane k.
    void do_lines(leapfrog_states const& at, sweep_stage stage, std::ptrdiff_t k, std::ptrdiff_t first,
                  std::ptrdiff_t last) const;
    /// The same of the vectors [first, last) of a line alone, in one dimension.
    void do_vectors(leapfrog_states const& at, sweep_stage stage, std::ptrdiff_t first, std::ptrdiff_t last) const;

    /// out = q L x, a state, and q L x + g: without losses dt² times the acceleration.
    void couple(double const* x, double* out) const;
    void force(double const* x, double* out) const;
    /// Σ share x y / c² over the unknowns, and Σ share / c², both divided by dt²: for ratios.
    [[nodiscard]] double inner_product(double const* x, double const* y) const;
    [[nodiscard]] double total_mass() const;

    /// u a step after the beginning, from there: v on entry ∂u/∂t, on return u. Allocates a state or two.
    void begin(double const* u, double* v) const;
    /// From the central difference d of a step before and after to ∂u/∂t of this order. scratch: a state, written.
    void correct_velocity(double* d, double* scratch) const;
    /// What steps without losses under a constant forcing keep, between u and the next one: ½ δᵀMδ + ½ uᵀA u⁺ − ½ bᵀ(u
    /// + u⁺), δ = (u⁺ − u)/dt, of M = 1/c² and the matrix A of −Δ; of fourth order less wᵀM w⁺ / 24 dt². Without b
    /// where that changes.
    [[nodiscard]] double energy(double const* u, double const* next) const;
    /// The same of u and v = ∂u/∂t at one time, whatever dt is: ½ vᵀMv + ½ uᵀA u − bᵀu.
    [[nodiscard]] double energy_at(double const* u, double const* v) const;

private:
    /// What an action works on, states.
    struct operands {
        double const* x;
        double const* u;
        double* v;
        std::ptrdiff_t ahead = 0;  ///< see plain_lines
    };

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
    [[nodiscard]] line_action action_of(std::ptrdiff_t stage) const;
    [[nodiscard]] operands operands_of(leapfrog_states const& at, sweep_stage stage) const;
    [[nodiscard]] plain_lines plain(general_line const& of, std::ptrdiff_t width, std::ptrdiff_t n) const;
    [[nodiscard]] general_line general(operands const& of, std::ptrdiff_t j, std::ptrdiff_t k) const;
    void do_part(operands const& of, line_action action, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first,
                 std::ptrdiff_t last) const;
    void do_part(general_line const& line, line_action action, std::ptrdiff_t j, std::ptrdiff_t k) const;
    [[nodiscard]] double at_end(general_line const& line, line_action action, std::ptrdiff_t i, double before) const;
    /// Σ of term(line, i) over the unknowns, by masses: share / (c² dt²).
    template <class Term>
    [[nodiscard]] double sum_by_mass(double const* x, Term const& term) const;

    wave_medium<D> const& medium_;
    line_layout<D> layout_;
    double dt_;
    time_order order_;
    forcing kind_;
    double scale_;                             ///< couplings are relative to it, and q is times it
    std::array<axis_couplings, 3> couplings_;  ///< along x as long as lines
    line_values q_, p_, g_, robin_;
    std::vector<std::uint8_t> plain_;  ///< of each line, whether plain_lines are for it, its ends apart
    bool has_own_ends_ = false;        ///< whether ends of plain lines are
};

}  // namespace poise::pde::detail
