// SPDX-License-Identifier: MIT
// A callable to be measured: run many times by one call, so that erasing its type costs the single run nothing.
#pragma once

#include <poise/profile/keep.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace poise::profile {

namespace detail {

template <class F>
void run_calls(void* callable, std::uint64_t calls) {
    F& f = *static_cast<F*>(callable);
    for (; calls != 0; --calls) {
        if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
            std::invoke(f);
            clobber_memory();
        } else {
            keep(std::invoke(f));
        }
    }
}

/// A callable borrowed, with the loop around it compiled where its type is known.
struct loop {
    void* callable;
    void (*run)(void*, std::uint64_t);

    void operator()(std::uint64_t calls) const { run(callable, calls); }
};

template <class F>
[[nodiscard]] loop loop_over(F& f) noexcept {
    return {const_cast<void*>(static_cast<void const*>(std::addressof(f))), &run_calls<F>};
}

}  // namespace detail

/// Something to call, of any type that can be called without arguments; its result goes to keep(). Copies share it.
class body {
public:
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, body> && std::invocable<std::decay_t<F>&>)
        body(F&& f) {  // NOLINT(google-explicit-constructor): {"dense", dense} is how it is written
        auto const owned = std::make_shared<std::decay_t<F>>(std::forward<F>(f));
        loop_ = detail::loop_over(*owned);
        owner_ = owned;
    }

    /// Calls it so often, in a loop that knows its type. What it throws comes through.
    void operator()(std::uint64_t calls) const { loop_(calls); }
    [[nodiscard]] detail::loop loop() const noexcept { return loop_; }

private:
    std::shared_ptr<void> owner_;
    detail::loop loop_{};
};

struct named_body {
    std::string name;
    profile::body body;
};

}  // namespace poise::profile
