// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/pde/in_time.hpp>

namespace poise::pde {
namespace {

char const* name_of(grid::condition_kind kind) noexcept {
    switch (kind) {
        case grid::condition_kind::dirichlet:
            return "Dirichlet";
        case grid::condition_kind::neumann:
            return "Neumann";
        case grid::condition_kind::periodic:
            return "periodic";
        case grid::condition_kind::robin:
            return "Robin";
    }
    return "of no kind";
}

}  // namespace

template <std::size_t D>
grid::scalar_function<D> source_in_time<D>::at(double t) const {
    if (auto const* unchanging = constant()) return *unchanging;
    if (auto const* f = std::get_if<of_time>(&source_)) return (*f)(t);
    return [ f = std::get<of_place_and_time>(source_), t ](auto... x) -> double requires(sizeof...(x) == D) {
        return f(grid::point<D>{static_cast<double>(x)...}, t);
    };
}

template <std::size_t D>
void source_in_time<D>::evaluate(double t, grid::cartesian<D> const& grid, std::span<double> out) const {
    if (auto const* unchanging = constant()) return unchanging->evaluate(grid, out);
    if (auto const* f = std::get_if<of_time>(&source_)) return (*f)(t).evaluate(grid, out);
    POISE_REQUIRE(out.size() == grid.size(), "room for ", out.size(), " values, the grid has ", grid.size(), " points");
    auto const& f = std::get<of_place_and_time>(source_);
    grid::for_each_point(grid, [&](std::size_t i, grid::point<D> const& x) { out[i] = f(x, t); });
}

template <std::size_t D>
grid::boundary<D> boundary_in_time<D>::at(double t) const {
    if (auto const* unchanging = constant()) return *unchanging;
    return std::get<of_time>(boundary_)(t);
}

template <std::size_t D>
grid::boundary<D> boundary_in_time<D>::at(double t, grid::condition_kinds<D> const& kinds) const {
    auto now = at(t);
    auto const kinds_now = now.kinds();
    for (std::size_t side = 0; side < 2 * D; ++side)
        POISE_REQUIRE(kinds_now[side] == kinds[side], "the ", side % 2 == 0 ? "lower" : "upper", " side of ",
                      "xyz"[side / 2], " is ", name_of(kinds_now[side]), ", and it was ", name_of(kinds[side]),
                      "; the data of a side may change with time, its kind may not: solve up to that time, and go on "
                      "from there with the other condition");
    return now;
}

template class source_in_time<1>;
template class source_in_time<2>;
template class source_in_time<3>;
template class boundary_in_time<1>;
template class boundary_in_time<2>;
template class boundary_in_time<3>;

}  // namespace poise::pde
