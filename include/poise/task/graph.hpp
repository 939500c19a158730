// SPDX-License-Identifier: MIT
// A graph of tasks whose edges are the arguments of the callables.
#pragma once

#include <poise/task/body.hpp>
#include <poise/task/handle.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace poise::task {

namespace detail {

struct graph_state;

// Consecutive tasks that a task waits for.
struct input_range {
    std::uint64_t graph_id;
    std::uint32_t first;
    std::size_t count;
};

// What add() needs to know of a task before there is one, and what it is told in return.
struct task_description {
    std::string_view name;
    std::size_t n;
    bool mapped;
    body_kind const* body;
};
struct task_place {
    void* body;
    std::uint32_t first_id;
    std::size_t offset;
};

}  // namespace detail

/// Tasks and what they need from each other. A handle exists only after its task, so a graph has no cycles.
/// Building is for one thread; a built graph is only read by executor::run(), which may run it any number of times,
/// also from several threads at once when the callables allow it. Callables live as long as the graph or a run of it.
///   auto const mesh  = g.add("mesh", read_mesh);
///   auto const fields = g.map("solve", 100, [](std::size_t i, mesh const& m) { return solve(m, i); }, mesh);
///   auto const table = g.add("table", [](task::collection<field> const& u) { return tabulate(u); }, fields);
class graph {
public:
    graph();
    ~graph();
    /// The handles go with the tasks; what was moved from is an empty graph.
    graph(graph&& other) noexcept;
    graph& operator=(graph&& other) noexcept;

    /// Adds the task f(results of inputs…). Its result is what f returns, by value. Names are for people and must be
    /// unique; inputs must be handles of this graph. Throws std::invalid_argument otherwise, or when f is empty; the
    /// graph is then as before. Cost: some 20 ns, no allocation of its own.
    template <class F, input... Inputs>
    requires callable_with<std::decay_t<F>, Inputs...>
    auto add(std::string_view name, F&& f, Inputs const&... inputs) {
        using body = detail::body_of<std::decay_t<F>, false, Inputs...>;
        using result = typename body::result;
        auto const place = insert<body>(name, 1, false, std::forward<F>(f), inputs...);
        return handle<result>{id_, place.first_id, place.offset};
    }

    /// Adds n tasks f(i, results of inputs…), i = 0 … n-1, named "name[i]". n may be 0: what
    /// depends on such a map waits for nothing, not for the inputs either.
    template <class F, input... Inputs>
    requires callable_with_index<std::decay_t<F>, Inputs...>
    auto map(std::string_view name, std::size_t n, F&& f, Inputs const&... inputs) {
        using body = detail::body_of<std::decay_t<F>, true, Inputs...>;
        using result = typename body::result;
        auto const place = insert<body>(name, n, true, std::forward<F>(f), inputs...);
        return handles<result>{id_, place.first_id, place.offset, n};
    }

    /// Number of tasks.
    [[nodiscard]] std::size_t size() const noexcept;
    /// "mesh" or "solve[3]".
    [[nodiscard]] std::string name(std::uint32_t id) const;
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

private:
    friend class executor;

    template <class T>
    static detail::input_range range_of(handle<T> const& input) {
        return {input.graph_id(), input.id(), 1};
    }
    template <class T>
    static detail::input_range range_of(handles<T> const& inputs) {
        return {inputs.graph_id(), inputs.first_id(), inputs.size()};
    }
    template <class F>
    static void require_callable(std::string_view name, F const& f) {
        if constexpr (std::is_pointer_v<F> || requires { f.operator bool(); })  // a function pointer or a std::function
            if (!static_cast<bool>(f)) refuse_empty(name);
    }
    [[noreturn]] static void refuse_empty(std::string_view name);

    template <class Body, class F, class... Inputs>
    detail::task_place insert(std::string_view name, std::size_t n, bool mapped, F&& f, Inputs const&... inputs) {
        require_callable(name, f);
        std::array<detail::input_range, sizeof...(Inputs)> ranges{range_of(inputs)...};
        auto const place = reserve({name, n, mapped, &detail::kind_of_body<Body>}, ranges);
        if constexpr (std::is_nothrow_constructible_v<Body, F, std::uint32_t, std::size_t, Inputs const&...>) {
            ::new (place.body) Body(std::forward<F>(f), place.first_id, place.offset, inputs...);
        } else {
            try {
                ::new (place.body) Body(std::forward<F>(f), place.first_id, place.offset, inputs...);
            } catch (...) {
                withdraw();
                throw;
            }
        }
        return place;
    }
    detail::task_place reserve(detail::task_description const& task, std::span<detail::input_range> inputs);
    void withdraw() noexcept;

    std::uint64_t id_;
    std::shared_ptr<detail::graph_state> state_;  // made with the first task; kept by runs
};

}  // namespace poise::task
