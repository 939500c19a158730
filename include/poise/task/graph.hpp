// SPDX-License-Identifier: MIT
// A graph of tasks whose edges are the arguments of the callables.
#pragma once

#include <poise/task/body.hpp>
#include <poise/task/handle.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task {

namespace detail {
struct graph_state;
}

/// Tasks and what they need from each other. A handle exists only after its task, so a graph has no cycles.
/// Building is for one thread; a built graph is only read by executor::run(), which may run it any number of times,
/// also from several threads at once when the callables allow it.
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
    /// unique; inputs must be handles of this graph. Throws std::invalid_argument otherwise, or when f is empty.
    template <class F, input... Inputs>
    requires callable_with<std::decay_t<F>, Inputs...>
    auto add(std::string_view name, F&& f, Inputs const&... inputs) {
        using body = detail::body_of<std::decay_t<F>, std::tuple<>, Inputs...>;
        require_callable(name, f);
        auto const first =
            add_tasks(name, 1, false, std::make_shared<body>(std::forward<F>(f), inputs...), edges(inputs...));
        return handle<typename body::result>{id_, first};
    }

    /// Adds n tasks f(i, results of inputs…), i = 0 … n-1, named "name[i]". n may be 0: what
    /// depends on such a map waits for nothing, not for the inputs either.
    template <class F, input... Inputs>
    requires callable_with_index<std::decay_t<F>, Inputs...>
    auto map(std::string_view name, std::size_t n, F&& f, Inputs const&... inputs) {
        using body = detail::body_of<std::decay_t<F>, std::tuple<std::size_t>, Inputs...>;
        require_callable(name, f);
        auto const first =
            add_tasks(name, n, true, std::make_shared<body>(std::forward<F>(f), inputs...), edges(inputs...));
        return handles<typename body::result>{id_, first, n};
    }

    /// Number of tasks.
    [[nodiscard]] std::size_t size() const noexcept;
    /// "mesh" or "solve[3]".
    [[nodiscard]] std::string name(std::uint32_t id) const;
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

private:
    friend class executor;

    // first and count of consecutive tasks
    struct edge {
        std::uint64_t graph_id;
        std::uint32_t first;
        std::size_t count;
    };
    template <class T>
    static edge edge_to(handle<T> const& input) {
        return {input.graph_id(), input.id(), 1};
    }
    template <class T>
    static edge edge_to(handles<T> const& inputs) {
        return {inputs.graph_id_, inputs.first_, inputs.size()};
    }
    template <class... Inputs>
    static std::vector<edge> edges(Inputs const&... inputs) {
        return {edge_to(inputs)...};
    }
    template <class F>
    static void require_callable(std::string_view name, F const& f) {
        if constexpr (std::is_pointer_v<F> || requires { f.operator bool(); })  // a function pointer or a std::function
            if (!static_cast<bool>(f)) refuse_empty(name);
    }
    [[noreturn]] static void refuse_empty(std::string_view name);

    std::uint32_t add_tasks(std::string_view name, std::size_t n, bool mapped, std::shared_ptr<detail::body const> body,
                            std::vector<edge> const& inputs);

    [[nodiscard]] detail::graph_state const& state() const noexcept;

    std::uint64_t id_;
    std::unique_ptr<detail::graph_state> state_;  // made with the first task
};

}  // namespace poise::task
