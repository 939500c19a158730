// SPDX-License-Identifier: MIT
#include "linear/factor_memory.hpp"
#include "linear/mixed_bits.hpp"

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

template <std::size_t D>
factored_operator build(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                        cholesky_backend backend) {
    profile::scope const timing{"build operator"};
    POISE_REQUIRE(!(shift < 0.0), "shift is ", shift,
                  "; a Cholesky factorisation needs a shift >= 0: get_diffusion() with preparation::lu takes any");
    (void)n_unknowns(grid, kinds);  // refuses what 32-bit indices cannot count
    auto const n = unknowns_per_direction(grid, kinds);
    detail::require_memory_of_factors(n, 1);
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

operator_key::inverse inverse_of(cholesky_backend backend) {
    bool const is_cholmod =
        backend == cholesky_backend::cholmod || (backend == cholesky_backend::automatic && has_cholmod());
    return is_cholmod ? operator_key::inverse::cholmod : operator_key::inverse::eigen;
}

operator_key::inverse inverse_of(lu_backend backend) {
    bool const is_umfpack = backend == lu_backend::umfpack || (backend == lu_backend::automatic && has_umfpack());
    return is_umfpack ? operator_key::inverse::umfpack_lu : operator_key::inverse::eigen_lu;
}

// Beside the factor of one kind or another, an operator is known by what its hierarchy is told of the nullspace.
operator_key::inverse inverse_of(diffusion_operator_options const& options) {
    switch (options.prepare) {
        case preparation::multigrid:
            return operator_key::inverse::multigrid;
        case preparation::factor:
            return inverse_of(options.backend);
        case preparation::lu:
            return inverse_of(options.lu_backend);
        case preparation::nothing:
            break;
    }
    return operator_key::inverse::none;
}

profile::metrics_registry& registry_of(operator_cache_options const& options) {
    return options.registry != nullptr ? *options.registry : profile::metrics();
}

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
    signature = signature << 4 | static_cast<std::uint64_t>(how);
    for (auto const kind : kinds) signature = signature << 2 | static_cast<std::uint64_t>(kind);
    words_[1] = std::bit_cast<std::uint64_t>(shift);
    for (std::size_t d = 0; d < D; ++d) {
        words_[2 + d] = static_cast<std::uint64_t>(grid.cells()[d]);
        words_[5 + d] = std::bit_cast<std::uint64_t>(grid.spacing(d));
        for (std::ptrdiff_t i = 0; i < grid.cells()[d] && !grid.is_uniform(d); ++i) widths_.push_back(grid.width(d, i));
        signature = signature << 1 | static_cast<std::uint64_t>(grid.is_uniform(d));
    }
}

template <std::size_t D>
operator_key::operator_key(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                           std::shared_ptr<coefficient_values const> values, multigrid_nullspace nullspace, inverse how)
    : operator_key{grid, kinds, 0.0, how} {
    words_[8] = static_cast<std::uint64_t>(nullspace);
    words_[9] = values->hash();
    values_ = std::move(values);
}

template <std::size_t D>
operator_key::operator_key(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                           laplacian_multigrid_options const& options)
    : operator_key{grid, kinds, shift, inverse::laplacian_multigrid} {
    words_[8] = static_cast<std::uint64_t>(options.cycle) << 2 | static_cast<std::uint64_t>(options.precision);
    words_[9] = static_cast<std::uint64_t>(options.smoothing_sweeps);
}

bool operator==(operator_key const& a, operator_key const& b) noexcept {
    if (a.words_ != b.words_ || a.widths_ != b.widths_ || (a.values_ == nullptr) != (b.values_ == nullptr))
        return false;
    return a.values_ == b.values_ || *a.values_ == *b.values_;
}

std::size_t operator_key::hash() const noexcept {
    std::uint64_t state = 0;
    for (std::uint64_t const word : words_) state = detail::mixed_bits(state, word);
    for (double const width : widths_) state = detail::mixed_bits(state, std::bit_cast<std::uint64_t>(width));
    return state;
}

class operator_cache::implementation {
public:
    /// name: of its metrics.
    implementation(std::size_t max_bytes, profile::metrics_registry& registry, std::string const& name)
        : cache_{max_bytes},
          metrics_{registry, name},
          build_seconds_{registry.gauge(name + ".build_seconds")},
          saved_seconds_{registry.gauge(name + ".saved_seconds")} {}

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
    single_flight_cache<operator_key, cached_operator, hash_of_key> cache_;
    std::atomic<double> build_s_{0.0}, saved_s_{0.0};
    profile::cache_metrics metrics_;
    profile::gauge& build_seconds_;
    profile::gauge& saved_seconds_;
};

operator_cache::operator_cache(operator_cache_options const& options)
    : options_{options},
      implementation_{
          std::make_unique<implementation>(options.max_bytes, registry_of(options), "linear.operator_cache")} {}
operator_cache::~operator_cache() = default;

operator_cache::implementation& operator_cache::of(device const& where) const {
    if (where.is_cpu()) return *implementation_;
    std::scoped_lock const lock{mutex_};
    auto found = of_gpus_.find(where.index());
    if (found == of_gpus_.end())
        found = of_gpus_
                    .emplace(where.index(),
                             std::make_unique<implementation>(options_.max_device_bytes, registry_of(options_),
                                                              concat("linear.operator_cache.cuda", where.index())))
                    .first;
    return *found->second;
}

template <std::size_t D>
operator_cache::result operator_cache::get(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                           double shift, cholesky_backend backend) {
    auto found = implementation_->get<factored_operator>(operator_key{grid, kinds, shift, inverse_of(backend)},
                                                         [&] { return build(grid, kinds, shift, backend); });
    return {std::move(found.op), found.reused};
}

template <std::size_t D>
operator_cache::transform_result<D> operator_cache::get_transform(grid::cartesian<D> const& grid,
                                                                  grid::condition_kinds<D> const& kinds, double shift,
                                                                  fast_transform_setup const& setup) {
    auto const how = setup.scheme == scheme::second_order ? operator_key::inverse::transform
                                                          : operator_key::inverse::compact_transform;
    auto found = implementation_->get<fast_transform<D>>(operator_key{grid, kinds, shift, how}, [&] {
        profile::scope const timing{"plan transform"};
        return fast_transform<D>{grid, kinds, shift, setup};
    });
    return {std::move(found.op), found.reused, found.build_s};
}

template <std::size_t D>
operator_cache::spectral_result<D> operator_cache::get_spectral(grid::cartesian<D> const& grid,
                                                                grid::condition_kinds<D> const& kinds) {
    auto found = implementation_->get<spectral_transform<D>>(
        operator_key{grid, kinds, 0.0, operator_key::inverse::spectrum}, [&] {
            profile::scope const timing{"plan transform"};
            return spectral_transform<D>{grid, kinds};
        });
    return {std::move(found.op), found.reused, found.build_s};
}

template <std::size_t D>
operator_cache::multigrid_result<D> operator_cache::get_multigrid(grid::cartesian<D> const& grid,
                                                                  grid::condition_kinds<D> const& kinds, double shift,
                                                                  laplacian_multigrid_options const& options) {
    auto found = of(options.device).get<laplacian_multigrid<D>>(operator_key{grid, kinds, shift, options}, [&] {
        return laplacian_multigrid<D>{grid, kinds, shift, options};
    });
    return {std::move(found.op), found.reused, found.build_s};
}

namespace {

// With the values that it is known by.
template <std::size_t D>
struct operator_and_values : diffusion_operator<D> {
    std::shared_ptr<coefficient_values const> values;
    [[nodiscard]] std::size_t bytes() const noexcept {
        return diffusion_operator<D>::bytes() + (this->on_device ? 0 : values->bytes());
    }
};

}  // namespace

template <std::size_t D>
operator_cache::diffusion_result<D> operator_cache::get_diffusion(
    grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
    std::shared_ptr<coefficient_values const> const& values, diffusion_operator_options const& options) {
    auto const nullspace =
        options.prepare == preparation::multigrid ? options.nullspace : multigrid_nullspace::automatic;
    auto found =
        of(options.device)
            .template get<operator_and_values<D>>(
                operator_key{grid, kinds, values, nullspace, inverse_of(options)}, [&] {
                    return operator_and_values<D>{diffusion_operator<D>{grid, kinds, *values, options}, values};
                });
    return {std::move(found.op), found.reused};
}

operator_cache_statistics operator_cache::statistics() const { return implementation_->statistics(); }
operator_cache_statistics operator_cache::statistics(device const& where) const { return of(where).statistics(); }
void operator_cache::clear(device const& where) { of(where).clear(); }
void operator_cache::clear() {
    implementation_->clear();
    std::scoped_lock const lock{mutex_};
    for (auto const& [index, of_gpu] : of_gpus_) of_gpu->clear();
}

operator_cache& default_operator_cache() {
    static operator_cache& cache = *new operator_cache;  // never destroyed: threads may solve while the program ends
    return cache;
}

#define POISE_INSTANTIATE(D)                                                                                          \
    template operator_key::operator_key(grid::cartesian<D> const&, grid::condition_kinds<D> const&, double, inverse); \
    template operator_key::operator_key(grid::cartesian<D> const&, grid::condition_kinds<D> const&,                   \
                                        std::shared_ptr<coefficient_values const>, multigrid_nullspace, inverse);     \
    template operator_key::operator_key(grid::cartesian<D> const&, grid::condition_kinds<D> const&, double,           \
                                        laplacian_multigrid_options const&);                                          \
    template operator_cache::multigrid_result<D> operator_cache::get_multigrid(                                       \
        grid::cartesian<D> const&, grid::condition_kinds<D> const&, double, laplacian_multigrid_options const&);      \
    template operator_cache::result operator_cache::get(grid::cartesian<D> const&, grid::condition_kinds<D> const&,   \
                                                        double, cholesky_backend);                                    \
    template operator_cache::transform_result<D> operator_cache::get_transform(                                       \
        grid::cartesian<D> const&, grid::condition_kinds<D> const&, double, fast_transform_setup const&);             \
    template operator_cache::spectral_result<D> operator_cache::get_spectral(grid::cartesian<D> const&,               \
                                                                             grid::condition_kinds<D> const&);        \
    template operator_cache::diffusion_result<D> operator_cache::get_diffusion(                                       \
        grid::cartesian<D> const&, grid::condition_kinds<D> const&, std::shared_ptr<coefficient_values const> const&, \
        diffusion_operator_options const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear
