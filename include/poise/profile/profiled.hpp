// SPDX-License-Identifier: MIT
// A callable whose every call is a scope.
#pragma once

#include <poise/profile/scope.hpp>

#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace poise::profile {

/// What profiled() gives: F with a scope around each call. Invocable with exactly what F is, as const, lvalue or
/// rvalue; same result, references included; noexcept where F is. Copyable and movable where F is. Scope is a parameter
/// because files compiled with POISE_PROFILE_COMPILED_OUT have another one.
template <class F, class Name, class Scope = scope>
class profiled_function {
public:
    constexpr profiled_function(Name name, F f) noexcept(std::is_nothrow_move_constructible_v<F>)
        : name_{std::move(name)}, f_(std::move(f)) {}

    template <class... Args>
    requires std::is_invocable_v<F&, Args...> std::invoke_result_t<F&, Args...>
    operator()(Args&&... args) & noexcept(std::is_nothrow_invocable_v<F&, Args...>) {
        Scope const timing{name_};
        return std::invoke(f_, std::forward<Args>(args)...);
    }
    template <class... Args>
    requires std::is_invocable_v<F const&, Args...> std::invoke_result_t<F const&, Args...>
    operator()(Args&&... args) const& noexcept(std::is_nothrow_invocable_v<F const&, Args...>) {
        Scope const timing{name_};
        return std::invoke(f_, std::forward<Args>(args)...);
    }
    template <class... Args>
    requires std::is_invocable_v<F, Args...> std::invoke_result_t<F, Args...>
    operator()(Args&&... args) && noexcept(std::is_nothrow_invocable_v<F, Args...>) {
        Scope const timing{name_};
        return std::invoke(std::move(f_), std::forward<Args>(args)...);
    }
    template <class... Args>
    requires std::is_invocable_v<F const, Args...> std::invoke_result_t<F const, Args...>
    operator()(Args&&... args) const&& noexcept(std::is_nothrow_invocable_v<F const, Args...>) {
        Scope const timing{name_};
        return std::invoke(std::move(f_), std::forward<Args>(args)...);
    }

    // Where F cannot be called as what the wrapper is, another overload must not step in.
    template <class... Args>
    requires(!std::is_invocable_v<F&, Args...>) void operator()(Args&&...) & = delete;
    template <class... Args>
    requires(!std::is_invocable_v<F const&, Args...>) void operator()(Args&&...) const& = delete;
    template <class... Args>
    requires(!std::is_invocable_v<F, Args...>) void operator()(Args&&...) && = delete;
    template <class... Args>
    requires(!std::is_invocable_v<F const, Args...>) void operator()(Args&&...) const&& = delete;

private:
    Name name_;
    [[no_unique_address]] F f_;
};

/// f with a scope of that name around each call: auto const solve = profile::profiled("solve", solve_spd);
/// f: a function, a function object (moved or copied in), a pointer to a member; names as scope takes them, the line
/// being that of the literal. Thread-safe where f is. Cost: that of a scope.
template <class F>
[[nodiscard]] auto profiled(literal name, F&& f) {
    return profiled_function<std::decay_t<F>, literal>{name, std::forward<F>(f)};
}
template <class F>
[[nodiscard]] auto profiled(detail::text auto const& name, F&& f) {
    return profiled_function<std::decay_t<F>, std::string>{std::string(name.data(), name.size()), std::forward<F>(f)};
}

}  // namespace poise::profile
