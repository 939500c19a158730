// SPDX-License-Identifier: MIT
// What Krylov methods have in common: linear maps, preconditioners, options and the vectors they work in.
#pragma once

#include <poise/linear/csr.hpp>
#include <poise/linear/report.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace poise::linear {

/// y = A x as a call: f(x, y), with n entries each, which do not overlap.
template <class F>
concept linear_map = std::invocable<F const&, std::span<double const>, std::span<double>>;

/// Refers to a linear map, or to a matrix, that must live as long: how methods take A and M. Nothing given is the
/// identity. Copies are cheap.
class map_view {
public:
    map_view() = default;
    template <class Map>
    requires(linear_map<Map> || std::convertible_to<Map const&, csr_view>) &&
        (!std::same_as<Map, map_view>)map_view(Map const& A) noexcept
        : object_{std::addressof(A)},
    call_{[](void const* object, std::span<double const> x, std::span<double> y) {
        auto const& map = *static_cast<Map const*>(object);
        if constexpr (linear_map<Map>)
            map(x, y);
        else
            multiply(map, x, y);
    }} {
        if constexpr (!linear_map<Map>)
            check_ = [](void const* matrix) { linear::require_in_bounds(*static_cast<Map const*>(matrix)); };
    }

    /// y = A x.
    void operator()(std::span<double const> x, std::span<double> y) const;
    /// Of a matrix, require_in_bounds().
    void require_in_bounds() const {
        if (check_ != nullptr) check_(object_);
    }
    /// Whether nothing was given.
    [[nodiscard]] bool is_identity() const noexcept { return call_ == nullptr; }

private:
    void const* object_ = nullptr;
    void (*call_)(void const*, std::span<double const>, std::span<double>) = nullptr;
    void (*check_)(void const*) = nullptr;
};

/// z = D⁻¹ r, D the diagonal of A: a preconditioner where the rows have different scales.
class jacobi {
public:
    /// Throws std::invalid_argument unless A is valid and square with an entry on the diagonal of every row that is
    /// neither 0 nor so small that its inverse is not finite, naming the row. O(entries).
    explicit jacobi(csr_view A);
    /// The same by the diagonal alone.
    explicit jacobi(std::span<double const> diagonal);
    void operator()(std::span<double const> r, std::span<double> z) const;

private:
    std::vector<double> inverse_;
};

/// Vectors of n entries, made when first needed and kept: a method that is given the same workspace again allocates
/// none. Not thread-safe: one for each solve that runs at a time.
class krylov_workspace {
public:
    /// The first of them is number 0; their entries are anything. Throws std::bad_alloc.
    [[nodiscard]] std::span<double> vector(std::size_t number, std::size_t n);

private:
    std::vector<std::vector<double>> vectors_;
};

/// Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol).
struct krylov_options {
    double rtol = 1e-8;
    double atol = 0.0;
    int max_iterations = 10'000;
    krylov_workspace* workspace = nullptr;  ///< nullptr: one of its own
    /// Called after each iteration with its number and the norm of the residual as the method knows it; false ends the
    /// solve, with the reason max_iterations. What it throws leaves the solve.
    std::function<bool(int iteration, double residual_norm)> on_iteration = {};
};

}  // namespace poise::linear
