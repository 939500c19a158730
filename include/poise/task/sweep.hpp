// SPDX-License-Identifier: MIT
// A task for each point of a grid of parameters.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/graph.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task {

/// A parameter and the values it takes.
template <class T>
struct axis {
    axis(std::string name_of, std::vector<T> const& values_of)
        : name{std::move(name_of)}, values(values_of.begin(), values_of.end()) {}
    axis(std::string name_of, std::initializer_list<T> values_of) : name{std::move(name_of)}, values{values_of} {}

    std::string name;
    // References to the elements are passed, which a vector<bool> does not have.
    std::conditional_t<std::is_same_v<T, bool>, std::deque<T>, std::vector<T>> values;
};

/// All combinations of the values of its axes; the last axis varies fastest.
template <class... Ts>
class parameter_grid {
public:
    /// Throws std::invalid_argument when there are more points than a graph can have tasks.
    explicit parameter_grid(axis<Ts>... axes) : axes_{std::move(axes)...} {
        double n = 1.0;
        for (std::size_t const size : shape()) n *= static_cast<double>(size);
        POISE_REQUIRE(n < 1e9, "parameter_grid: ", n, " points are too many");
    }

    /// The product of the sizes of the axes.
    [[nodiscard]] std::size_t size() const noexcept {
        return std::apply([](auto const&... a) { return (std::size_t{1} * ... * a.values.size()); }, axes_);
    }
    [[nodiscard]] std::array<std::size_t, sizeof...(Ts)> shape() const noexcept {
        return std::apply([](auto const&... a) { return std::array<std::size_t, sizeof...(Ts)>{a.values.size()...}; },
                          axes_);
    }
    /// The values of point i, as references. Throws std::invalid_argument unless i < size().
    [[nodiscard]] std::tuple<Ts const&...> operator[](std::size_t i) const {
        auto const at = indices(i);
        return [&]<std::size_t... K>(std::index_sequence<K...>) {
            return std::tuple<Ts const&...>{std::get<K>(axes_).values[at[K]]...};
        }
        (std::index_sequence_for<Ts...>{});
    }
    /// The index of each axis at point i.
    [[nodiscard]] std::array<std::size_t, sizeof...(Ts)> indices(std::size_t i) const {
        POISE_REQUIRE(i < size(), "parameter_grid: point ", i, " of ", size(), " does not exist");
        std::array<std::size_t, sizeof...(Ts)> at{};
        auto const sizes = shape();
        for (std::size_t k = sizes.size(); k-- > 0; i /= sizes[k]) at[k] = i % sizes[k];
        return at;
    }
    /// The number of the point with these indices, one for each axis. Throws std::invalid_argument when one is too
    /// large.
    template <std::convertible_to<std::size_t>... Indices>
    requires(sizeof...(Indices) == sizeof...(Ts)) [[nodiscard]] std::size_t index(Indices... indices) const {
        std::array<std::size_t, sizeof...(Ts)> const at{static_cast<std::size_t>(indices)...};
        auto const sizes = shape();
        std::size_t i = 0;
        for (std::size_t k = 0; k < at.size(); ++k) {
            POISE_REQUIRE(at[k] < sizes[k], "parameter_grid: value ", at[k], " of axis ", k, " does not exist; it has ",
                          sizes[k]);
            i = i * sizes[k] + at[k];
        }
        return i;
    }
    /// "tol = 1e-06, cells = 64", for people. Values must be numbers or text.
    [[nodiscard]] std::string describe(std::size_t i) const {
        auto const at = indices(i);
        std::string text;
        [&]<std::size_t... K>(std::index_sequence<K...>) {
            ((text += concat(K == 0 ? "" : ", ", std::get<K>(axes_).name, " = ", std::get<K>(axes_).values[at[K]])),
             ...);
        }
        (std::index_sequence_for<Ts...>{});
        return text;
    }

private:
    std::tuple<axis<Ts>...> axes_;
};

/// What sweep() adds: the handles of its tasks, and the grid that tells which is which.
template <class T, class Grid>
struct swept {
    handles<T> tasks;
    std::shared_ptr<Grid const> grid;

    [[nodiscard]] std::size_t size() const noexcept { return tasks.size(); }
    [[nodiscard]] handle<T> operator[](std::size_t i) const { return tasks[i]; }
    /// By the index of each axis.
    template <class... Indices>
    [[nodiscard]] handle<T> at(Indices... indices) const {
        return tasks[grid->index(indices...)];
    }
};

/// Adds a task f(values of a point…, results of inputs…) for each point of the grid, named "name[i]"; a
/// `task::context const&` may come first. Inputs may be passed element by element.
///   task::parameter_grid const cases{task::axis{"tol", {1e-4, 1e-6}}, task::axis{"cells", {32, 64, 128}}};
///   auto const solved = task::sweep(g, "solve", cases, [](double tol, int cells) { return solve(tol, cells); });
///   auto const run = task::executor{}.run(g);
///   run[solved.at(1, 2)].value();  // tol = 1e-6, cells = 128
template <class F, class... Ts, map_input... Inputs>
requires(detail::applicable<std::decay_t<F>, std::tuple<Ts const&...>, detail::arguments_of<Inputs...>>::value ||
         detail::applicable<std::decay_t<F>, std::tuple<context const&, Ts const&...>,
                            detail::arguments_of<Inputs...>>::value) auto sweep(graph& g, std::string_view name,
                                                                                parameter_grid<Ts...> grid, F&& f,
                                                                                Inputs const&... inputs) {
    using grid_type = parameter_grid<Ts...>;
    auto shared = std::make_shared<grid_type const>(std::move(grid));
    auto const tasks = g.map(
        name, shared->size(),
        [shared, f = std::decay_t<F>(std::forward<F>(f))](context const& self, std::size_t i,
                                                          auto const&... arguments) {
            return std::apply(
                [&](auto const&... values) {
                    if constexpr (std::is_invocable_v<std::decay_t<F> const&, Ts const&..., decltype(arguments)...>)
                        return std::invoke(f, values..., arguments...);
                    else
                        return std::invoke(f, self, values..., arguments...);
                },
                (*shared)[i]);
        },
        inputs...);
    using result = typename std::remove_cvref_t<decltype(tasks)>::value_type;
    return swept<result, grid_type>{tasks, std::move(shared)};
}

}  // namespace poise::task
