// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/memory.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/nested_dissection.hpp>
#include <poise/linear/operator_cache.hpp>
#include <poise/profile/cache_metrics.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>

namespace poise::linear {
namespace {

template <std::size_t D>
std::array<std::ptrdiff_t, D> unknowns_per_direction(grid::cartesian<D> const& grid,
                                                     grid::condition_kinds<D> const& kinds) {
    auto const axes = grid::axis_stencils(grid, kinds);
    std::array<std::ptrdiff_t, D> n;
    for (std::size_t d = 0; d < D; ++d) n[d] = axes[d].n;
    return n;
}

// A lower bound, so that what cannot fit is refused before the memory is touched, the ordering and the symbolic
// analysis included. Nested dissection leaves 31/4 n log₂ m entries in the factor of n unknowns, m along the shortest
// side, to leading order (George 1973), and half of that in practice; the analysis holds a triangle of the matrix and a
// dozen indices an unknown. The size of the factor itself is checked again when the analysis has found it.
template <std::size_t D>
void require_memory_for(std::array<std::ptrdiff_t, D> const& n) {
    double unknowns = 1.0;
    for (auto const extent : n) unknowns *= static_cast<double>(extent);
    double const shortest = static_cast<double>(*std::ranges::min_element(n));
    double const matrix = unknowns * ((2 * D + 1) * 12.0 + 4.0);
    double const analysis = unknowns * ((D + 1) * 12.0 + 12 * 4.0);
    double const factor = unknowns * 8.0 * (D == 1 ? 2.0 : 31.0 / 8.0 * std::log2(std::max(shortest, 2.0)));
    require_memory(matrix + std::max(analysis, factor),
                   [&] { return concat("the factored operator of ", to_text(unknowns, 12), " unknowns"); });
}

template <std::size_t D>
factored_operator build(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                        cholesky_backend backend) {
    profile::scope const timing{"build operator"};
    (void)n_unknowns(grid, kinds);  // refuses what 32-bit indices cannot count
    auto const n = unknowns_per_direction(grid, kinds);
    require_memory_for(n);
    profile::timer const assembly;
    auto matrix = [&] {
        profile::scope const assembling{"assemble"};
        return neg_laplacian(grid, kinds, shift);
    }();
    double const assembly_s = assembly.seconds();
    profile::timer const factorisation;
    auto const ordering = nested_dissection(n);
    cholesky factor{matrix, {.backend = backend, .check = input_check::none, .ordering = ordering}};
    return {std::move(matrix), std::move(factor), assembly_s, factorisation.seconds()};
}

// An operator of one type or another, by its key.
struct cached_operator {
    std::shared_ptr<void const> op;
    std::size_t bytes = 0;
    double build_s = 0.0;
};

struct hash_of_key {
    std::size_t operator()(operator_key const& key) const noexcept { return key.hash(); }
};

}  // namespace

template <std::size_t D>
operator_key::operator_key(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                           inverse how) {
    std::uint64_t& signature = words_[0];
    signature = D;
    signature = signature << 2 | static_cast<std::uint64_t>(grid.centering());
    signature = signature << 2 | static_cast<std::uint64_t>(how);
    for (auto const kind : kinds) signature = signature << 2 | static_cast<std::uint64_t>(kind);
    words_[1] = std::bit_cast<std::uint64_t>(shift);
    for (std::size_t d = 0; d < D; ++d) {
        words_[2 + d] = static_cast<std::uint64_t>(grid.cells()[d]);
        words_[5 + d] = std::bit_cast<std::uint64_t>(grid.spacing(d));
    }
}

// Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators: the finaliser of SplitMix64.
std::size_t operator_key::hash() const noexcept {
    std::uint64_t state = 0;
    for (std::uint64_t const word : words_) {
        state += word + 0x9e3779b97f4a7c15u;
        state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
        state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
        state ^= state >> 31;
    }
    return state;
}

class operator_cache::implementation {
public:
    explicit implementation(operator_cache_options const& options)
        : implementation{options.max_bytes, options.registry != nullptr ? *options.registry : profile::metrics()} {}

    template <class Op>
    struct found {
        std::shared_ptr<Op const> op;
        bool reused;
        double build_s;
    };

    /// build_operator() -> Op. The pointer shares the cache's entry, so that an entry lives as long as its operator is
    /// in use and is found again until then.
    template <class Op, class Build>
    found<Op> get(operator_key const& key, Build const& build_operator) {
        auto const build_entry = [&] {
            profile::timer const taken;
            auto op = std::make_shared<Op const>(build_operator());
            std::size_t const bytes = op->bytes();
            return cached_operator{std::move(op), bytes, taken.seconds()};
        };
        auto const result =
            metrics_.get(cache_, key, build_entry, [](cached_operator const& entry) { return entry.bytes; });
        double const seconds = result.value->build_s;
        (result.built ? build_s_ : saved_s_).fetch_add(seconds, std::memory_order_relaxed);
        (result.built ? build_seconds_ : saved_seconds_).add(seconds);
        return {{result.value, static_cast<Op const*>(result.value->op.get())}, !result.built, seconds};
    }

    operator_cache_statistics statistics() const { return {{cache_.statistics()}, build_s_.load(), saved_s_.load()}; }
    void clear() {
        cache_.clear();
        metrics_.tell(cache_);
    }

private:
    implementation(std::size_t max_bytes, profile::metrics_registry& registry)
        : cache_{max_bytes},
          metrics_{registry, "linear.operator_cache"},
          build_seconds_{registry.gauge("linear.operator_cache.build_seconds")},
          saved_seconds_{registry.gauge("linear.operator_cache.saved_seconds")} {}

    single_flight_cache<operator_key, cached_operator, hash_of_key> cache_;
    std::atomic<double> build_s_{0.0}, saved_s_{0.0};
    profile::cache_metrics metrics_;
    profile::gauge& build_seconds_;
    profile::gauge& saved_seconds_;
};

operator_cache::operator_cache(operator_cache_options const& options)
    : implementation_{std::make_unique<implementation>(options)} {}
operator_cache::~operator_cache() = default;

template <std::size_t D>
operator_cache::result operator_cache::get(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                           double shift, cholesky_backend backend) {
    if (backend == cholesky_backend::automatic)
        backend = has_cholmod() ? cholesky_backend::cholmod : cholesky_backend::eigen;
    auto const how =
        backend == cholesky_backend::cholmod ? operator_key::inverse::cholmod : operator_key::inverse::eigen;
    auto found = implementation_->get<factored_operator>(operator_key{grid, kinds, shift, how},
                                                         [&] { return build(grid, kinds, shift, backend); });
    return {std::move(found.op), found.reused};
}

template <std::size_t D>
operator_cache::transform_result<D> operator_cache::get_transform(grid::cartesian<D> const& grid,
                                                                  grid::condition_kinds<D> const& kinds, double shift) {
    auto found = implementation_->get<fast_transform<D>>(
        operator_key{grid, kinds, shift, operator_key::inverse::transform}, [&] {
            profile::scope const timing{"plan transform"};
            return fast_transform<D>{grid, kinds, shift};
        });
    return {std::move(found.op), found.reused, found.build_s};
}

operator_cache_statistics operator_cache::statistics() const { return implementation_->statistics(); }
void operator_cache::clear() { implementation_->clear(); }

operator_cache& default_operator_cache() {
    static operator_cache& cache = *new operator_cache;  // never destroyed: threads may solve while the program ends
    return cache;
}

template operator_key::operator_key(grid::cartesian<1> const&, grid::condition_kinds<1> const&, double, inverse);
template operator_cache::result operator_cache::get(grid::cartesian<1> const&, grid::condition_kinds<1> const&, double,
                                                    cholesky_backend);
template operator_cache::transform_result<1> operator_cache::get_transform(grid::cartesian<1> const&,
                                                                           grid::condition_kinds<1> const&, double);
template operator_key::operator_key(grid::cartesian<2> const&, grid::condition_kinds<2> const&, double, inverse);
template operator_cache::result operator_cache::get(grid::cartesian<2> const&, grid::condition_kinds<2> const&, double,
                                                    cholesky_backend);
template operator_cache::transform_result<2> operator_cache::get_transform(grid::cartesian<2> const&,
                                                                           grid::condition_kinds<2> const&, double);
template operator_key::operator_key(grid::cartesian<3> const&, grid::condition_kinds<3> const&, double, inverse);
template operator_cache::result operator_cache::get(grid::cartesian<3> const&, grid::condition_kinds<3> const&, double,
                                                    cholesky_backend);
template operator_cache::transform_result<3> operator_cache::get_transform(grid::cartesian<3> const&,
                                                                           grid::condition_kinds<3> const&, double);

}  // namespace poise::linear
