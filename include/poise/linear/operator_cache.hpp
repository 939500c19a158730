// SPDX-License-Identifier: MIT
// Operators and their factors, built once and used again.
#pragma once

#include <poise/core/single_flight_cache.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/csr.hpp>
#include <poise/linear/diffusion_operator.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/linear/spectral_transform.hpp>
#include <poise/profile/metrics.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace poise::linear {

/// What an operator depends on, bit for bit: dimension, centring, cells, spacings or widths, kind of every side, shift
/// or the values of coefficients, the scheme, and how it is inverted. Where the box lies and what the sides' data are
/// does not matter. Nothing is rounded: grids that differ in the last bit of a spacing have different operators.
class operator_key {
public:
    enum class inverse {
        cholmod,
        eigen,
        transform,
        compact_transform,
        multigrid,
        umfpack_lu,
        eigen_lu,
        none,
        spectrum,
        laplacian_multigrid
    };

    template <std::size_t D>
    operator_key(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift, inverse how);
    template <std::size_t D>
    operator_key(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                 std::shared_ptr<coefficient_values const> values, multigrid_nullspace nullspace, inverse how);
    template <std::size_t D>
    operator_key(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                 laplacian_multigrid_options const& options);

    friend bool operator==(operator_key const& a, operator_key const& b) noexcept;
    [[nodiscard]] std::size_t hash() const noexcept;

private:
    std::array<std::uint64_t, 10> words_{};
    std::vector<double> widths_;                        ///< of directions that are not uniform
    std::shared_ptr<coefficient_values const> values_;  ///< nullptr where the coefficients are numbers
};

/// -Δ + shift on a grid, assembled and factored, with what that took. Immutable and thread-safe.
struct factored_operator {
    csr_matrix matrix;
    cholesky factor;
    double assembly_s = 0.0;
    double factorisation_s = 0.0;

    [[nodiscard]] std::size_t bytes() const noexcept { return matrix.bytes() + factor.bytes(); }
};

struct operator_cache_options {
    std::size_t max_bytes = std::size_t{2} << 30;         ///< 2 GiB: a few factors of 1024² unknowns
    std::size_t max_device_bytes = std::size_t{8} << 30;  ///< of each GPU's memory: a few hierarchies of 512³ unknowns
    profile::metrics_registry* registry = nullptr;        ///< nullptr: profile::metrics(). Must outlive the cache
};

struct operator_cache_statistics : cache_statistics {
    double build_s = 0.0;  ///< spent building
    double saved_s = 0.0;  ///< Σ over hits of what building the operator had taken, also for callers that waited for it
};

/// get() returns the operator of a grid, factored, get_transform() its fast transform, get_spectral() its eigenvectors,
/// and get_diffusion() an operator whose coefficients vary with a multigrid hierarchy, a factor or LU factors; built at
/// the first call and shared by the later ones. See single_flight_cache for what is promised to concurrent callers and
/// how memory is bounded. An operator is charged what it holds when it is built; a transform's that includes the memory
/// of one solve on one thread. Solves that run at the same time leave theirs with the plan, which the cache does not
/// see: for each beyond the first about 24 bytes an unknown in 1D, 1 in 2D and 1 to 2.5 in 3D; fast_transform::bytes()
/// tells. Adds to the registry's counters linear.operator_cache.{hits,misses,evictions} and its gauges
/// linear.operator_cache.{bytes,build_seconds,saved_seconds}, and for what is kept on a GPU, which has a bound of its
/// own, those of linear.operator_cache.cuda0; several caches may share a registry. All member functions are
/// thread-safe.
class operator_cache {
public:
    struct result {
        std::shared_ptr<factored_operator const> op;
        bool reused = false;  ///< not built by this call
    };
    template <std::size_t D>
    struct transform_result {
        std::shared_ptr<fast_transform<D> const> plan;
        bool reused = false;
        double build_s = 0.0;  ///< what building it took, whoever did
    };

    template <std::size_t D>
    struct spectral_result {
        std::shared_ptr<spectral_transform<D> const> plan;
        bool reused = false;
        double build_s = 0.0;  ///< what building it took, whoever did
    };

    template <std::size_t D>
    struct multigrid_result {
        std::shared_ptr<laplacian_multigrid<D> const> levels;
        bool reused = false;
        double build_s = 0.0;  ///< what building it took, whoever did
    };

    template <std::size_t D>
    struct diffusion_result {
        std::shared_ptr<diffusion_operator<D> const> op;
        bool reused = false;
    };

    explicit operator_cache(operator_cache_options const& options = {});
    ~operator_cache();

    /// Throws what neg_laplacian() and cholesky throw, and std::invalid_argument for a shift < 0; a failed build is not
    /// remembered.
    template <std::size_t D>
    [[nodiscard]] result get(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift = 0.0,
                             cholesky_backend backend = cholesky_backend::automatic);
    /// Throws what fast_transform throws; a failed build is not remembered.
    template <std::size_t D>
    [[nodiscard]] transform_result<D> get_transform(grid::cartesian<D> const& grid,
                                                    grid::condition_kinds<D> const& kinds, double shift = 0.0,
                                                    fast_transform_setup const& setup = {});

    /// The eigenvectors of the grid's -Δ, for all shifts. Throws what spectral_transform throws; a failed build is not
    /// remembered.
    template <std::size_t D>
    [[nodiscard]] spectral_result<D> get_spectral(grid::cartesian<D> const& grid,
                                                  grid::condition_kinds<D> const& kinds);

    /// The grids of a multigrid solver, on the processor or on a GPU, where it is kept apart from all others. Throws
    /// what laplacian_multigrid throws; a failed build is not remembered.
    template <std::size_t D>
    [[nodiscard]] multigrid_result<D> get_multigrid(grid::cartesian<D> const& grid,
                                                    grid::condition_kinds<D> const& kinds, double shift = 0.0,
                                                    laplacian_multigrid_options const& options = {});

    /// An operator whose coefficients vary, known by all of their values, which are kept with it and hashed and
    /// compared at every call: 16 to 32 bytes read an unknown. Throws what diffusion_operator throws; a failed build is
    /// not remembered.
    template <std::size_t D>
    [[nodiscard]] diffusion_result<D> get_diffusion(grid::cartesian<D> const& grid,
                                                    grid::condition_kinds<D> const& kinds,
                                                    std::shared_ptr<coefficient_values const> const& values,
                                                    diffusion_operator_options const& options = {});

    [[nodiscard]] operator_cache_statistics statistics() const;
    /// Of what is kept on a GPU.
    [[nodiscard]] operator_cache_statistics statistics(device const& where) const;
    /// Forgets all operators; those in use live on with their holders.
    void clear();
    /// Those on a GPU.
    void clear(device const& where);

private:
    class implementation;
    [[nodiscard]] implementation& of(device const& where) const;

    operator_cache_options options_;
    std::unique_ptr<implementation> implementation_;
    mutable std::mutex mutex_;
    mutable std::map<int, std::unique_ptr<implementation>> of_gpus_;  ///< by number
};

/// The cache that is used where none is passed. Made at the first call, never destroyed.
[[nodiscard]] operator_cache& default_operator_cache();

}  // namespace poise::linear
