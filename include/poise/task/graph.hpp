// SPDX-License-Identifier: MIT
// A graph of tasks whose edges are the arguments of the callables.
#pragma once

#include <poise/task/async_body.hpp>
#include <poise/task/body.hpp>
#include <poise/task/coroutine_body.hpp>
#include <poise/task/handle.hpp>
#include <poise/task/inputs.hpp>
#include <poise/task/parameter.hpp>
#include <poise/task/task_options.hpp>

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
#include <vector>

namespace poise::task {

namespace detail {

struct graph_state;
struct graph_access;

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
// A task found by its name.
struct found_tasks {
    std::uint32_t first_id;
    std::size_t offset;
    std::size_t n;
};

}  // namespace detail

/// What may stand for an argument of a task of a map: an input, or element by element task::each() and task::chunks().
template <class T>
concept map_input = input<T> || detail::is_elementwise<T>;

/// Tasks and what they need from each other. A handle exists only after its task, so edges that are arguments form no
/// cycle; only after() can.
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

    /// Adds the task f(results of inputs…). Its result is what f returns, by value; where that is a coroutine,
    /// task::async<T>, it is a T, there when the coroutine is done. Names are for people and must be unique; inputs
    /// must be handles of this graph. Throws std::invalid_argument otherwise, or when f is empty; the graph is then as
    /// before. Cost: some 20 ns, no allocation of its own.
    template <class F, input... Inputs>
    requires callable_with<std::decay_t<F>, Inputs...>
    auto add(std::string_view name, F&& f, Inputs const&... inputs) {
        using body = detail::body_for<std::decay_t<F>, false, Inputs...>;
        using result = typename body::result;
        auto const place = insert<body>(name, 1, false, std::forward<F>(f), inputs...);
        return handle<result>{id_, place.first_id, place.offset};
    }

    /// Adds n tasks f(i, results of inputs…), i = 0 … n-1, named "name[i]". n may be 0: what
    /// depends on such a map waits for nothing, not for the inputs either. Inputs that are passed element by element
    /// must have n elements, or n chunks.
    template <class F, map_input... Inputs>
    requires callable_with_index<std::decay_t<F>, Inputs...>
    auto map(std::string_view name, std::size_t n, F&& f, Inputs const&... inputs) {
        using body = detail::body_for<std::decay_t<F>, true, Inputs...>;
        using result = typename body::result;
        auto const place = insert<body>(name, n, true, std::forward<F>(f), inputs...);
        return handles<result>{id_, place.first_id, place.offset, n};
    }

    /// Adds a task that ends later: f(completion<T>, results of inputs…) starts something and returns; the task is
    /// done, with its result of type T, when the completion is fulfilled, on whatever thread. What f was given of
    /// inputs lives as long as the run. An exception that leaves f fails the task.
    template <class T, class F, input... Inputs>
    requires async_callable_with<std::decay_t<F>, T, Inputs...> handle<T> add_async(std::string_view name, F&& f,
                                                                                    Inputs const&... inputs) {
        using body = detail::async_body_of<T, std::decay_t<F>, false, Inputs...>;
        auto const place = insert<body>(name, 1, false, std::forward<F>(f), inputs...);
        return handle<T>{id_, place.first_id, place.offset};
    }
    /// The same for n tasks f(completion<T>, i, results of inputs…), as map().
    template <class T, class F, map_input... Inputs>
    requires async_callable_with_index<std::decay_t<F>, T, Inputs...> handles<T> map_async(std::string_view name,
                                                                                           std::size_t n, F&& f,
                                                                                           Inputs const&... inputs) {
        using body = detail::async_body_of<T, std::decay_t<F>, true, Inputs...>;
        auto const place = insert<body>(name, n, true, std::forward<F>(f), inputs...);
        return handles<T>{id_, place.first_id, place.offset, n};
    }

    /// Adds a task whose result is a copy of `value`, which may be changed before the next run: tol.set(1e-8). A
    /// literal becomes a std::string.
    template <class T>
    auto parameter(std::string_view name, T&& value) {
        using held = std::conditional_t<std::is_convertible_v<T, char const*>, std::string, std::decay_t<T>>;
        auto shared = std::make_shared<held>(std::forward<T>(value));
        auto const task = add(name, [shared] { return *shared; });
        configure(task, {.keep = false});
        return task::parameter<held>{task, std::move(shared)};
    }

    /// Orders tasks that pass nothing to each other: `later` begins when `earlier` is done, and is skipped if that
    /// fails; not with task::settled(earlier). Both are a handle or handles. Throws std::invalid_argument for handles
    /// of another graph. Edges that close a cycle are found when the graph is used, see require_acyclic().
    template <class Later, class Earlier>
    requires(detail::is_plain_handle<Later>&& detail::is_orderable<Earlier>) void after(Later const& later,
                                                                                        Earlier const& earlier) {
        order(detail::range_of(later), detail::range_of(earlier));
    }
    /// By name, for graphs that are built from data: of tasks, of maps ("solve") and of their members ("solve[3]").
    /// Throws std::invalid_argument for a name that there is not.
    void after(std::string_view later, std::string_view earlier);

    /// The task of that name, "mesh" or "solve[3]". Throws std::invalid_argument if there is none, or if its result is
    /// not a T.
    template <class T>
    [[nodiscard]] handle<T> find(std::string_view name) const {
        auto const found = find_tasks(name, detail::kind_of<T>, false);
        return handle<T>{id_, found.first_id, found.offset};
    }
    /// The map of that name.
    template <class T>
    [[nodiscard]] handles<T> find_map(std::string_view name) const {
        auto const found = find_tasks(name, detail::kind_of<T>, true);
        return handles<T>{id_, found.first_id, found.offset, found.n};
    }

    /// How a task, or each task of a map, is to be run; takes the place of all options given before. Throws
    /// std::invalid_argument for a handle of another graph and for options that make no sense.
    template <class Handle>
    requires(detail::is_plain_handle<Handle>) void configure(Handle const& tasks, task_options const& options) {
        configure(detail::range_of(tasks), options);
    }

    /// Throws std::invalid_argument when the edges of after() close a cycle, with the names on it: a -> b -> c -> a.
    /// executor::run() does the same, so that no run ever waits for itself.
    void require_acyclic() const;
    /// Of each task, by its number: 0 where it waits for nothing, otherwise one more than the highest level of what it
    /// waits for. Tasks of one level could run at the same time. Throws as require_acyclic(). O(tasks + edges).
    [[nodiscard]] std::vector<std::uint32_t> levels() const;
    /// The numbers of the tasks that a task waits for, ascending. Throws std::invalid_argument unless id < size().
    [[nodiscard]] std::vector<std::uint32_t> inputs_of(std::uint32_t id) const;

    /// Whether there is a task, a map or a member of a map of that name.
    [[nodiscard]] bool contains(std::string_view name) const;
    /// Number of tasks.
    [[nodiscard]] std::size_t size() const noexcept;
    /// "mesh" or "solve[3]".
    [[nodiscard]] std::string name(std::uint32_t id) const;
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

private:
    friend class executor;
    friend struct detail::graph_access;

    template <class F>
    static void require_callable(std::string_view name, F const& f) {
        // A pointer to a function or a member, or a std::function.
        if constexpr (!std::is_function_v<F> && requires {
                          { f == nullptr } -> std::convertible_to<bool>;
                      })
            if (f == nullptr) refuse_empty(name);
    }
    [[noreturn]] static void refuse_empty(std::string_view name);

    template <class... Inputs>
    static auto ranges_of(Inputs const&... inputs) {
        if constexpr ((detail::is_gathered<Inputs> || ...)) {
            std::vector<detail::input_range> ranges;
            auto const put = [&](auto const& one) {
                if constexpr (detail::is_gathered<std::remove_cvref_t<decltype(one)>>)
                    for (auto const& task : one.of) ranges.push_back(detail::range_of(task));
                else
                    ranges.push_back(detail::range_of(one));
            };
            (put(inputs), ...);
            return ranges;
        } else {
            return std::array<detail::input_range, sizeof...(Inputs)>{detail::range_of(inputs)...};
        }
    }
    template <class Body, class F, class... Inputs>
    detail::task_place insert(std::string_view name, std::size_t n, bool mapped, F&& f, Inputs const&... inputs) {
        require_callable(name, f);
        auto ranges = ranges_of(inputs...);
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
    void order(detail::input_range const& later, detail::input_range const& earlier);
    void configure(detail::input_range const& tasks, task_options const& options);
    [[nodiscard]] detail::found_tasks find_tasks(std::string_view name, detail::result_kind const& kind,
                                                 bool map) const;

    [[nodiscard]] detail::graph_state const& state() const noexcept;

    std::uint64_t id_;
    std::shared_ptr<detail::graph_state> state_;  // made with the first task; kept by runs
};

}  // namespace poise::task
