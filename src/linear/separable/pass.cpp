// SPDX-License-Identifier: MIT
#include "linear/separable/pass.hpp"

#include "linear/separable/stencil_of_row.hpp"

#include <algorithm>

namespace poise::linear::detail {
namespace {

// Yavneh (1996), SIAM J. Sci. Comput. 17, 180: smoothing gains by more than the solution of the points' own equations.
// The least factors are at about 1.5, from where on they grow fast.
constexpr double over_relaxation = 1.4;

// Calls act(stage, slab) in an order in which each stage finds what it depends on.
template <class Act>
void for_stages(slab_strip const& slabs, std::ptrdiff_t n_slabs, std::ptrdiff_t n_stages, Act const& act) {
    std::ptrdiff_t const less_below = slabs.first > 0 ? 1 : 0, less_above = slabs.last < n_slabs ? 1 : 0;
    for (std::ptrdiff_t now = slabs.first; now < slabs.last + n_stages - 1; ++now)
        for (std::ptrdiff_t stage = 0; stage < n_stages; ++stage) {
            std::ptrdiff_t const slab = now - stage;
            if (slab >= slabs.first + less_below * stage && slab < slabs.last - less_above * stage) act(stage, slab);
        }
}
// The slabs that the strips on both sides of a seam left out.
template <class Act>
void for_stages_at(std::ptrdiff_t seam, std::ptrdiff_t n_stages, Act const& act) {
    for (std::ptrdiff_t now = seam; now < seam + 2 * n_stages; ++now)
        for (std::ptrdiff_t stage = 1; stage < n_stages; ++stage)
            if (now - stage >= seam - stage && now - stage < seam + stage) act(stage, now - stage);
}

}  // namespace

// The coarse slabs whose residuals are settled, one after the other.
template <std::size_t D, class T>
class separable_pass<D, T>::restriction {
public:
    restriction(separable_pass& pass, std::ptrdiff_t first, std::ptrdiff_t last)
        : pass_{pass}, next_{first}, last_{last}, next_residual_{lowest(pass, first)} {}

    /// The slabs up to `settled` are.
    void advance(std::ptrdiff_t settled) {
        for (; next_ < last_ && needed(pass_, next_) <= settled; ++next_) {
            for (; next_residual_ <= highest(pass_, next_); ++next_residual_) pass_.restrict_rows_of(next_residual_);
            pass_.restrict_to(next_);
        }
    }

    /// The first coarse slab that depends on no slab below `settled`; the first that depends on `unsettled`.
    static std::ptrdiff_t first_from(separable_pass const& pass, std::ptrdiff_t settled) {
        if (settled == 0) return 0;
        std::ptrdiff_t slab = 0;
        while (lowest(pass, slab) - 1 < settled && slab < pass.coarse_.n_slabs) ++slab;
        return slab;
    }
    static std::ptrdiff_t first_beyond(separable_pass const& pass, std::ptrdiff_t unsettled) {
        std::ptrdiff_t slab = 0;
        while (slab < pass.coarse_.n_slabs && needed(pass, slab) < unsettled) ++slab;
        return slab;
    }

private:
    static std::ptrdiff_t middle(separable_pass const& pass, std::ptrdiff_t slab) {
        auto const& weights = pass.fine_.slab_weights();
        return weights ? 2 * slab + weights->first : slab;
    }
    static std::ptrdiff_t reach(separable_pass const& pass) { return pass.fine_.slab_weights() ? 1 : 0; }
    // Slabs whose residuals it gets something from, and the last one on which these depend.
    static std::ptrdiff_t lowest(separable_pass const& pass, std::ptrdiff_t slab) {
        return std::max<std::ptrdiff_t>(middle(pass, slab) - reach(pass), 0);
    }
    static std::ptrdiff_t highest(separable_pass const& pass, std::ptrdiff_t slab) {
        return std::min(middle(pass, slab) + reach(pass), pass.fine_.n_slabs - 1);
    }
    static std::ptrdiff_t needed(separable_pass const& pass, std::ptrdiff_t slab) {
        return std::min(highest(pass, slab) + 1, pass.fine_.n_slabs - 1);
    }

    separable_pass& pass_;
    std::ptrdiff_t next_, last_, next_residual_;
};

template <std::size_t D, class T>
void separable_pass<D, T>::relax(std::ptrdiff_t slab, colour which, relaxation how) {
    T const omega = how == relaxation::exact ? T{1} : static_cast<T>(over_relaxation);
    T const rest = how == relaxation::over ? 1 - omega : T{0};
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        std::size_t const half = half_of(slab, row, which);
        std::ptrdiff_t const place = place_of(slab, row, half);
        auto const A = stencil_of(fine_, slab, row, half);
        if (rest == 0)
            detail::relax(A, omega, b_ + place, x_ + place, fine_.lanes);
        else
            detail::relax(A, omega, rest, b_ + place, x_ + place, fine_.lanes);
    }
}

template <std::size_t D, class T>
void separable_pass<D, T>::relax_from_zero(std::ptrdiff_t slab) {
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        std::size_t const half = half_of(slab, row, red);
        std::ptrdiff_t const place = place_of(slab, row, half);
        T const* const inverse = fine_.inverse_diagonal(slab, row) + half * static_cast<std::size_t>(fine_.lanes);
        detail::relax_from_zero(inverse, b_ + place, x_ + place, fine_.lanes);
    }
}

// end: the stage at which a slab is settled.
template <std::size_t D, class T>
auto separable_pass<D, T>::restriction_in(slab_strip const& slabs, std::ptrdiff_t end) -> restriction {
    return {*this, slabs.first == 0 ? 0 : restriction::first_from(*this, slabs.first + end),
            slabs.last == fine_.n_slabs ? coarse_.n_slabs : restriction::first_beyond(*this, slabs.last - end)};
}
template <std::size_t D, class T>
auto separable_pass<D, T>::restriction_at(std::ptrdiff_t seam, std::ptrdiff_t end) -> restriction {
    return {*this, restriction::first_beyond(*this, seam - end), restriction::first_from(*this, seam + end)};
}

template <std::size_t D, class T>
void separable_pass<D, T>::descend(slab_strip const& slabs, bool from_zero, slab_action const& before) {
    std::ptrdiff_t const end = end_of_descent();
    auto next = restriction_in(slabs, end);
    for_stages(slabs, fine_.n_slabs, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        if (stage == 0 && before) before(slab);
        if (stage == 0 && from_zero)
            relax_from_zero(slab);
        else
            relax(slab, stage % 2 == 0 ? red : black, of_descent(stage, from_zero));
        if (stage == end) next.advance(slab);
    });
}

template <std::size_t D, class T>
void separable_pass<D, T>::descend_at(std::ptrdiff_t seam, bool from_zero) {
    std::ptrdiff_t const end = end_of_descent();
    for_stages_at(seam, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        relax(slab, stage % 2 == 0 ? red : black, of_descent(stage, from_zero));
    });
    restriction_at(seam, end).advance(fine_.n_slabs);
}

template <std::size_t D, class T>
void separable_pass<D, T>::rise(slab_strip const& slabs, std::ptrdiff_t end, slab_action const& after) {
    for_stages(slabs, fine_.n_slabs, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        if (stage == 0)
            prolong_to(slab);
        else
            relax(slab, stage % 2 == 0 ? black : red, of_rise(stage));
        if (stage == end && after) after(slab);
    });
}
template <std::size_t D, class T>
void separable_pass<D, T>::rise_at(std::ptrdiff_t seam, std::ptrdiff_t end, slab_action const& after) {
    for_stages_at(seam, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        relax(slab, stage % 2 == 0 ? black : red, of_rise(stage));
        if (stage == end && after) after(slab);
    });
}

template <std::size_t D, class T>
void separable_pass<D, T>::turn(slab_strip const& slabs) {
    auto next = restriction_in(slabs, end_of_turn());
    rise(slabs, end_of_turn(), [&](std::ptrdiff_t slab) { next.advance(slab); });
}

template <std::size_t D, class T>
void separable_pass<D, T>::turn_at(std::ptrdiff_t seam) {
    rise_at(seam, end_of_turn(), {});
    restriction_at(seam, end_of_turn()).advance(fine_.n_slabs);
}

#define POISE_INSTANTIATE(D)                 \
    template class separable_pass<D, float>; \
    template class separable_pass<D, double>;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
