// SPDX-License-Identifier: MIT
#include "linear/loop_threads.hpp"
#include "linear/multigrid/hierarchy.hpp"
#include "linear/multigrid/input.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <variant>

namespace poise::linear {
template <std::size_t D>
class multigrid<D>::implementation {
public:
    implementation(stencil_matrix<D> const& A, multigrid_options const& options) : options_{options} {
        profile::scope const timing{"multigrid set-up"};
        POISE_REQUIRE(options.smoothing_sweeps >= 1, "smoothing_sweeps is ", options.smoothing_sweeps,
                      "; a cycle needs at least 1");
        auto box = detail::to_box_matrix(A);
        if (A.n_unknowns() == 0) return;
        auto const traits = detail::traits_of(box, options.nullspace);
        bool const single = options.precision == multigrid_precision::automatic
                                ? traits.is_single_enough
                                : options.precision == multigrid_precision::single_precision;
        if (single)
            levels_.template emplace<in_single>(std::move(box), traits.is_singular, options.smoothing_sweeps,
                                                detail::threads_of(options_.max_threads));
        else
            levels_.template emplace<in_double>(std::move(box), traits.is_singular, options.smoothing_sweeps,
                                                detail::threads_of(options_.max_threads));
    }

    void operator()(std::span<double const> r, std::span<double> z) const {
        POISE_REQUIRE(r.size() == n_unknowns() && z.size() == n_unknowns(), "multigrid: of ", n_unknowns(),
                      " unknowns, for vectors of ", r.size(), " and ", z.size());
        visit([&](auto const& levels) { levels.cycle(r, z, detail::threads_of(options_.max_threads)); });
    }

    std::size_t n_unknowns() const noexcept {
        std::size_t n = 0;
        visit([&](auto const& levels) { n = levels.n_unknowns(); });
        return n;
    }
    std::size_t n_levels() const noexcept {
        std::size_t n = 0;
        visit([&](auto const& levels) { n = levels.n_levels(); });
        return n;
    }
    std::size_t bytes() const noexcept {
        std::size_t n = 0;
        visit([&](auto const& levels) { n = levels.bytes(); });
        return n;
    }

private:
    using in_single = detail::hierarchy<D, float>;
    using in_double = detail::hierarchy<D, double>;

    // Nothing is visited when there are no unknowns.
    template <class Visitor>
    void visit(Visitor const& visitor) const {
        if (auto const* single = std::get_if<in_single>(&levels_)) visitor(*single);
        if (auto const* twice = std::get_if<in_double>(&levels_)) visitor(*twice);
    }

    multigrid_options options_;
    std::variant<std::monostate, in_single, in_double> levels_;
};

template <std::size_t D>
multigrid<D>::multigrid(stencil_matrix<D> const& A, multigrid_options const& options)
    : implementation_{std::make_unique<implementation>(A, options)} {}
template <std::size_t D>
multigrid<D>::~multigrid() = default;
template <std::size_t D>
multigrid<D>::multigrid(multigrid&&) noexcept = default;
template <std::size_t D>
multigrid<D>& multigrid<D>::operator=(multigrid&&) noexcept = default;
template <std::size_t D>
void multigrid<D>::operator()(std::span<double const> r, std::span<double> z) const {
    POISE_REQUIRE(implementation_, "multigrid: it was moved from");
    (*implementation_)(r, z);
}
template <std::size_t D>
std::size_t multigrid<D>::n_unknowns() const noexcept {
    return implementation_ ? implementation_->n_unknowns() : 0;
}
template <std::size_t D>
std::size_t multigrid<D>::n_levels() const noexcept {
    return implementation_ ? implementation_->n_levels() : 0;
}
template <std::size_t D>
std::size_t multigrid<D>::bytes() const noexcept {
    return implementation_ ? implementation_->bytes() : 0;
}

template class multigrid<1>;
template class multigrid<2>;
template class multigrid<3>;

}  // namespace poise::linear
