// SPDX-License-Identifier: MIT
#include "linear/device_diffusion.hpp"
#include "linear/diffusion_assembly.hpp"
#include "linear/factor_memory.hpp"
#include "linear/mixed_bits.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/diffusion_operator.hpp>
#include <poise/linear/nested_dissection.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

namespace poise::linear {
namespace {

// Four at a time, so that one multiplication does not wait for the other.
std::uint64_t hash_of(std::span<double const> values, std::uint64_t seed) {
    std::array<std::uint64_t, 4> lanes{seed, seed + 1, seed + 2, seed + 3};
    auto const add = [&](std::size_t lane, double value) {
        lanes[lane] = (std::rotl(lanes[lane], 29) ^ std::bit_cast<std::uint64_t>(value)) * 0x9e3779b97f4a7c15u;
    };
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4)
        for (std::size_t lane = 0; lane < 4; ++lane) add(lane, values[i + lane]);
    for (; i < values.size(); ++i) add(i % 4, values[i]);
    std::uint64_t state = values.size();
    for (std::uint64_t const lane : lanes) state = detail::mixed_bits(state, lane);
    return state;
}

bool same_bits(std::span<double const> a, std::span<double const> b) noexcept {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

template <std::size_t D>
stencil_matrix<D> assemble(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                           coefficient_values const& values) {
    profile::scope const timing{"assemble"};
    auto A = detail::assemble_diffusion(grid, kinds, values.kappa(), values.sigma(), values.robin());
    auto const robin = values.robin();
    auto const bad = std::ranges::find_if_not(robin, [](double v) { return v >= 0.0 && std::isfinite(v); });
    POISE_REQUIRE(bad == robin.end(), "robin is ", *bad, " at unknown ", bad - robin.begin(),
                  "; it must be finite and not negative");
    return A;
}

// Sizes and values that are not finite are for the assembly to refuse.
template <std::size_t D>
void require_use_of_preparation(grid::cartesian<D> const& grid, std::span<double const> sigma, preparation prepare) {
    if (prepare == preparation::nothing || prepare == preparation::lu) return;
    if (auto const at = detail::first_negative(sigma); at && sigma.size() == grid.size())
        throw_invalid(concat("sigma is ", sigma[*at], " at ", detail::position_of(grid, *at), "; ",
                             prepare == preparation::factor ? "a Cholesky factorisation" : "multigrid",
                             " needs sigma >= 0: prepare an LU factorisation"));
}

}  // namespace

coefficient_values::coefficient_values(std::vector<double> kappa, std::vector<double> sigma, std::vector<double> robin)
    : kappa_{std::move(kappa)},
      sigma_{std::move(sigma)},
      robin_{std::move(robin)},
      hash_{hash_of(robin_, hash_of(sigma_, hash_of(kappa_, 0)))} {}

std::size_t coefficient_values::bytes() const noexcept {
    return (kappa_.size() + sigma_.size() + robin_.size()) * sizeof(double);
}

bool operator==(coefficient_values const& a, coefficient_values const& b) noexcept {
    return a.hash_ == b.hash_ && same_bits(a.kappa_, b.kappa_) && same_bits(a.sigma_, b.sigma_) &&
           same_bits(a.robin_, b.robin_);
}

template <std::size_t D>
diffusion_operator<D>::diffusion_operator(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                          coefficient_values const& values, diffusion_operator_options const& options)
    : A{{}} {
    profile::scope const timing{"build operator"};
    profile::timer const assembly;
    POISE_REQUIRE(
        options.device.is_cpu() || options.prepare == preparation::multigrid, options.device.name(),
        " takes a hierarchy, and nothing else is prepared there; take preparation::multigrid or device::cpu()");
    require_use_of_preparation(grid, values.sigma(), options.prepare);
    A = assemble(grid, kinds, values);
    assembly_s = assembly.seconds();
    profile::timer const setup;
    if (options.prepare == preparation::multigrid && options.device.is_cuda())
        on_device = detail::put_on_device(A, options.device, options.nullspace);
    else if (options.prepare == preparation::multigrid)
        hierarchy.emplace(A, multigrid_options{.nullspace = options.nullspace});
    if (options.prepare == preparation::factor) {
        profile::scope const factorising{"factorise"};
        detail::require_memory_of_factors(A.n(), 1);
        matrix = to_csr(A);
        auto const ordering = nested_dissection(A.n());
        factor.emplace(*matrix,
                       cholesky_options{.backend = options.backend, .check = input_check::none, .ordering = ordering});
    }
    if (options.prepare == preparation::lu) {
        detail::require_memory_of_factors(A.n(), 2);
        matrix = to_csr(A);
        // In the backend's own order: with another, UMFPACK asks for memory by a bound far above what it needs (43 GiB
        // for 1000² unknowns, whose factors take 0.9), and the factors of a square have a sixth more entries.
        lu_factors.emplace(*matrix, lu_options{.backend = options.lu_backend, .check = input_check::none});
    }
    setup_s = setup.seconds();
}

template <std::size_t D>
std::size_t diffusion_operator<D>::bytes() const noexcept {
    if (on_device) return on_device->bytes();
    std::size_t total = A.bytes();
    if (hierarchy) total += hierarchy->bytes();
    if (matrix) total += matrix->bytes();
    if (factor) total += factor->bytes();
    if (lu_factors) total += lu_factors->bytes();
    return total;
}

template struct diffusion_operator<1>;
template struct diffusion_operator<2>;
template struct diffusion_operator<3>;

}  // namespace poise::linear
