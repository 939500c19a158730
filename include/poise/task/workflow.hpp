// SPDX-License-Identifier: MIT
// Named steps that pass results by name, for people who come from workflow tools.
#pragma once

#include <poise/task/execute_parallel.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task {

namespace detail {

// The types of the parameters of a callable that has one signature.
template <class F>
struct signature : signature<decltype(&F::operator())> {};
template <class R, class... A>
struct signature<R (*)(A...)> {
    using parameters = std::tuple<std::remove_cvref_t<A>...>;
};
template <class R, class... A>
struct signature<R (*)(A...) noexcept> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...) const noexcept> : signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct signature<R (C::*)(A...)> : signature<R (*)(A...)> {};
template <class F>
using parameters_of = typename signature<std::decay_t<F>>::parameters;

}  // namespace detail

enum class order {
    sequential,  ///< one step after the other; stops at the first error
    parallel,    ///< what can run at the same time does; an error stops only what needs the step
};

/// What came of a workflow. Movable.
class workflow_result {
public:
    [[nodiscard]] explicit operator bool() const noexcept { return success(); }
    [[nodiscard]] bool success() const noexcept { return static_cast<bool>(run_); }
    /// Names of the steps that succeeded, in the order in which they ended.
    [[nodiscard]] std::vector<std::string> steps_completed() const;
    /// Those that failed, with the reason, then those that did not run because of it.
    [[nodiscard]] failure_list errors() const { return run_.failures(); }
    [[nodiscard]] double total_s() const { return run_.summary().wall_s; }
    /// The result of a step. Throws std::invalid_argument if there is no such step or its result is not a T, the step's
    /// own exception if it failed, skipped_error if it did not run.
    template <class T>
    [[nodiscard]] T const& get(std::string_view step) const {
        return run_[graph_.find<T>(step)].value();
    }
    [[nodiscard]] task::run const& run() const noexcept { return run_; }

private:
    friend class workflow;
    workflow_result(graph g, task::run r) noexcept : graph_{std::move(g)}, run_{std::move(r)} {}
    graph graph_;
    task::run run_;
};

/// Steps by name, in any order; each receives the results of the steps that it names as inputs, by const&.
///   task::workflow w;
///   w.step("solve", solver, &fem_solver::solve, {"mesh", "load"});      // object, method, inputs
///   w.step("mesh", [] { return read_mesh("wing.msh"); });
///   w.step("load", make_load, {"mesh"});
///   w.step("report", [] { return write_report(); }, {}, {"solve"});     // after it, without its result
///   auto const done = w.run();
///   if (done) use(done.get<field>("solve")); else std::cerr << done.errors();
/// A callable has one signature: no generic lambda, no overloaded method. Objects must live while it runs.
class workflow {
public:
    using names = std::initializer_list<std::string_view>;

    /// Throws std::invalid_argument when f does not take as many inputs, or there is a step of that name.
    template <class F>
    workflow& step(std::string_view name, F f, names inputs = {}, names after = {}) {
        using parameters = detail::parameters_of<F>;
        require_inputs(name, inputs.size(), std::tuple_size_v<parameters>);
        return keep(
            {std::string{name},
             {inputs.begin(), inputs.end()},
             {after.begin(), after.end()},
             [f = std::move(f)](graph& g, one_step const& s) { add(g, s, f, std::type_identity<parameters>{}); }});
    }
    template <class Object, class Method>
    requires std::is_member_function_pointer_v<Method> workflow& step(std::string_view name, Object& object,
                                                                      Method method, names inputs = {},
                                                                      names after = {}) {
        using parameters = detail::parameters_of<Method>;
        require_inputs(name, inputs.size(), std::tuple_size_v<parameters>);
        return keep({std::string{name},
                     {inputs.begin(), inputs.end()},
                     {after.begin(), after.end()},
                     [&object, method](graph& g, one_step const& s) {
                         add(g, s, std::bind_front(method, &object), std::type_identity<parameters>{});
                     }});
    }

    [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
    /// Runs all steps. Throws std::invalid_argument when a step names one that there is not, when the types do not fit,
    /// or when steps wait for each other in a circle, with the names on it. Does not throw for a step that fails.
    /// Sequential is in an order in which each step comes after what it needs, otherwise in that of the calls of
    /// step().
    [[nodiscard]] workflow_result run(order how = order::parallel, executor const& by = executor{}) const;

    /// object.method(inputs…) for each object.
    template <class Objects, class Method, class... Inputs>
    [[nodiscard]] static auto run_all(Objects& objects, Method method, Inputs const&... inputs) {
        return run_all_by(executor{}, objects, method, inputs...);
    }
    template <class Objects, class Method, class... Inputs>
    [[nodiscard]] static auto run_all_by(executor const& by, Objects& objects, Method method, Inputs const&... inputs) {
        return detail::execute(std::size(objects),
                               [&](std::size_t i) { return std::invoke(method, objects[i], inputs...); }, by, {});
    }

private:
    struct one_step {
        std::string name;
        std::vector<std::string> inputs;
        std::vector<std::string> after;
        std::function<void(graph&, one_step const&)> add;
    };
    // The step as a task, when what it needs has been added.
    template <class F, class... Parameters>
    static void add(graph& g, one_step const& s, F const& f, std::type_identity<std::tuple<Parameters...>>) {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (void)g.add(s.name, f, g.find<Parameters>(s.inputs[I])...); }
        (std::index_sequence_for<Parameters...>{});
    }
    static void require_inputs(std::string_view name, std::size_t n_given, std::size_t n_taken);
    workflow& keep(one_step step);
    [[nodiscard]] std::vector<std::size_t> in_order() const;

    std::vector<one_step> steps_;
};

}  // namespace poise::task
