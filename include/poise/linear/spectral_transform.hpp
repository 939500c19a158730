// SPDX-License-Identifier: MIT
// The eigenvectors of -Δ on a box, by fast transforms: functions of the operator.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace poise::linear {

/// Eigenvectors and eigenvalues of the matrix A of neg_laplacian(grid, kinds), A φ = λ M φ, where M is the diagonal of
/// each unknown's share of a cell: of a mode for each direction φ is the product, and λ the sum. With them any function
/// of M⁻¹A costs as much as the transforms there and back: sine, cosine or real Fourier ones along every direction, of
/// any number of cells; those without a prime factor above 13 are fastest.
///   linear::spectral_transform<2> const modes{square, kinds};
///   modes.apply([](double lambda) { return std::exp(-0.1 * lambda); }, u0, u);   // u = e^{-0.1 A} u0, where M = 1
///   modes.apply([](double lambda) { return 1 / (lambda + 2); }, b, x);           // (A + 2M) x = b
/// Construction: O(Σ cells) operations. Throws what neg_laplacian() throws, std::invalid_argument for cells that differ
/// in width, and std::bad_alloc. Immutable; const member functions are thread-safe. The same bits on any number of
/// threads and by whichever vector instructions, with one C library. Source: Strang (1999), SIAM Review 41, 135.
template <std::size_t D>
class spectral_transform {
public:
    spectral_transform(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds);
    ~spectral_transform();
    spectral_transform(spectral_transform&&) noexcept;
    spectral_transform& operator=(spectral_transform&&) noexcept;

    /// x = g(M⁻¹A) M⁻¹ b, g a function of λ, called once for each unknown. b: a right-hand side, scaled by the shares;
    /// b, x: n_unknowns() each, x fastest, the same or not overlapping. Allocates in the first calls, as many as run at
    /// a time. Throws std::invalid_argument for sizes that differ and a b that is not finite.
    template <class G>
    requires std::is_invocable_r_v<double, G const&, double>
    void apply(G const& g, std::span<double const> b, std::span<double> x) const {
        auto const change = [&](std::span<double> coefficients) {
            for_each_run([&](run const& modes) {
                double const others = sum_of_others(modes);
                double const* const along_x = eigenvalues(0).data() + modes.mode[0];
                for (std::size_t i = 0; i < modes.n; ++i) coefficients[modes.place + i] *= g(others + along_x[i]);
            });
        };
        apply_change(b, x, {&change, [](void const* object, std::span<double> coefficients) {
                                (*static_cast<decltype(change)*>(object))(coefficients);
                            }});
    }

    /// M⁻¹ b = Σ coefficient_k φ_k: n_coefficients() numbers, in an order of the plan's; some belong to no mode, and
    /// are zeros. b as above. On one thread about 5 log₂ n operations an unknown in each direction; 16 D bytes moved.
    void forward(std::span<double const> b, std::span<double> coefficients) const;
    /// x = Σ coefficient_k φ_k. What the coefficients are afterwards is unspecified.
    void backward(std::span<double> coefficients, std::span<double> x) const;

    /// Modes whose coefficients follow one another, those of x from mode[0] on.
    struct run {
        std::size_t place;  ///< among the coefficients
        std::size_t n;
        std::array<std::size_t, D> mode;
    };
    /// Calls visit(run) for all coefficients that belong to modes, in their order.
    template <class Visitor>
    void for_each_run(Visitor&& visit) const {
        layout const& at = layout_;
        std::array<std::size_t, 3> mode{};
        for (mode[2] = 0; mode[2] < at.n[2]; ++mode[2])
            for (std::size_t panel = 0; panel * at.width < at.n[0]; ++panel)
                for (mode[1] = 0; mode[1] < at.n[1]; ++mode[1]) {
                    mode[0] = panel * at.width;
                    run modes{(mode[2] * at.plane + panel * at.n[1] + mode[1]) * at.width,
                              std::min(at.width, at.n[0] - mode[0]),
                              {}};
                    for (std::size_t d = 0; d < D; ++d) modes.mode[d] = mode[d];
                    visit(std::as_const(modes));
                }
    }
    /// λ of each mode along direction d, ≥ 0; exactly 0 of the constant, which is where no end is a wall.
    [[nodiscard]] std::span<double const> eigenvalues(std::size_t d) const noexcept;

    [[nodiscard]] std::size_t n_unknowns() const noexcept { return layout_.n_unknowns; }
    [[nodiscard]] std::size_t n_coefficients() const noexcept { return layout_.n_coefficients; }
    [[nodiscard]] std::size_t bytes() const;

private:
    class implementation;
    struct layout {
        std::array<std::size_t, 3> n{1, 1, 1};  ///< modes of each direction
        std::size_t width = 1;                  ///< of a vector
        std::size_t plane = 0;                  ///< vectors from one mode of z to the next
        std::size_t n_unknowns = 0;
        std::size_t n_coefficients = 0;
    };
    struct change_of_coefficients {
        void const* object;
        void (*call)(void const* object, std::span<double> coefficients);
    };

    [[nodiscard]] double sum_of_others(run const& modes) const noexcept {
        double sum = 0.0;
        for (std::size_t d = 1; d < D; ++d) sum += eigenvalues(d)[modes.mode[d]];
        return sum;
    }
    void apply_change(std::span<double const> b, std::span<double> x, change_of_coefficients change) const;

    std::unique_ptr<implementation> implementation_;
    layout layout_;

    static constexpr layout nothing{{0, 0, 0}};
};

}  // namespace poise::linear
