// SPDX-License-Identifier: MIT
// Coroutines as tasks.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/await_chain.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace poise::task {

template <class T>
class async;

namespace detail {

template <class T>
inline constexpr bool is_async = false;
template <class T>
inline constexpr bool is_async<async<T>> = true;

// What can be awaited in a coroutine: others may stop it for ever, and nobody would know.
template <class T>
inline constexpr bool is_awaitable = is_async<T>;

// What coroutines have in common that await each other.
class promise_base {
public:
    // Compilers disagree on the alignment of a coroutine whose results or variables need more than usual.
    [[nodiscard]] static void* operator new(std::size_t size) { return ::operator new(size, largest); }
    static void operator delete(void* at) noexcept { ::operator delete(at, largest); }

    struct end {
        [[nodiscard]] static bool await_ready() noexcept { return false; }
        template <class Promise>
        static void await_suspend(std::coroutine_handle<Promise> ended) noexcept {
            ended.promise().chain().go_on_with(ended.promise().awaited_by_);
        }
        static void await_resume() noexcept {}
    };

    [[nodiscard]] static std::suspend_always initial_suspend() noexcept { return {}; }
    [[nodiscard]] static end final_suspend() noexcept { return {}; }
    template <class Awaited>
    [[nodiscard]] static Awaited&& await_transform(Awaited&& awaited) noexcept {
        static_assert(is_awaitable<std::remove_cvref_t<Awaited>>,
                      "a task::async coroutine can await other task::async coroutines, and what task::sleep_for(), "
                      "sleep_until(), readable() and writable() give");
        return std::forward<Awaited>(awaited);
    }
    void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

    [[nodiscard]] await_chain& chain() const noexcept { return *chain_; }
    [[nodiscard]] bool has_begun() const noexcept { return chain_ != nullptr; }
    void join(await_chain& chain, std::coroutine_handle<> awaited_by) noexcept {
        chain_ = &chain;
        awaited_by_ = awaited_by;
    }

protected:
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    static constexpr std::align_val_t largest{largest_alignment};

    await_chain* chain_ = nullptr;
    std::coroutine_handle<> awaited_by_;
    std::exception_ptr thrown_;
};

template <class T>
class promise : public promise_base {
public:
    static_assert(std::is_object_v<T> && !std::is_const_v<T>, "task::async<T>: T must be an object type, or void");

    [[nodiscard]] async<T> get_return_object() noexcept;
    template <class U = T>
    requires std::constructible_from<T, U>
    void return_value(U&& value) { result_.emplace(std::forward<U>(value)); }
    [[nodiscard]] T take() {
        rethrow();
        return std::move(*result_);
    }

private:
    std::optional<T> result_;
};

template <>
class promise<void> : public promise_base {
public:
    [[nodiscard]] async<void> get_return_object() noexcept;
    static void return_void() noexcept {}
    void take() const { rethrow(); }
};

}  // namespace detail

/// What a coroutine returns that may wait without a thread: with co_await on task::sleep_for(), readable(), writable(),
/// and on other coroutines of this type, whose result it is.
///   task::async<reply> ask(server& s, question const& q) {
///       s.send(q);
///       co_await task::readable(s.descriptor());
///       co_return s.receive();
///   }
/// A task whose callable returns an async<T> has the result T; see graph::add(). It begins when it is awaited or its
/// task begins, and only once. Between two awaits it runs on one thread, after an await maybe on another: no lock and
/// no profile::scope may be held across one. Parameters that are references, and the captures of a lambda, must live
/// until it is done; those of a task do.
/// Movable. Cost: one allocation each, by the compiler. Not thread-safe.
template <class T = void>
class [[nodiscard]] async {
public:
    using promise_type = detail::promise<T>;
    using result_type = T;

    explicit async(std::coroutine_handle<promise_type> made) noexcept : coroutine_{made} {}
    ~async() {
        if (coroutine_) coroutine_.destroy();
    }
    async(async&& other) noexcept : coroutine_{std::exchange(other.coroutine_, {})} {}
    async& operator=(async&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }

    /// The result of the coroutine; throws what left it, and std::invalid_argument if it was awaited before.
    [[nodiscard]] auto operator co_await() && {
        require_new();
        return awaiter{coroutine_};
    }

    /// For who runs it: the chain it belongs to, what to resume, and what came of it.
    [[nodiscard]] std::coroutine_handle<> begin_in(detail::await_chain& chain) const {
        require_new();
        coroutine_.promise().join(chain, {});
        return coroutine_;
    }
    T take() const { return coroutine_.promise().take(); }

private:
    struct awaiter {
        [[nodiscard]] static bool await_ready() noexcept { return false; }
        template <std::derived_from<detail::promise_base> Promise>
        void await_suspend(std::coroutine_handle<Promise> parent) const noexcept {
            auto& chain = parent.promise().chain();
            child.promise().join(chain, parent);
            chain.go_on_with(child);
        }
        T await_resume() const { return child.promise().take(); }

        std::coroutine_handle<promise_type> child;
    };

    void require_new() const {
        POISE_REQUIRE(coroutine_ && !coroutine_.promise().has_begun(),
                      "task: a coroutine can be awaited once, and not after it was moved from");
    }

    std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
async<T> detail::promise<T>::get_return_object() noexcept {
    return async<T>{std::coroutine_handle<promise>::from_promise(*this)};
}
inline async<void> detail::promise<void>::get_return_object() noexcept {
    return async<void>{std::coroutine_handle<promise>::from_promise(*this)};
}

/// Runs a coroutine outside of any graph; the calling thread waits with it. Throws what leaves the coroutine.
template <class T>
T sync_wait(async<T> coroutine) {
    struct chain final : detail::await_chain {
        chain() : await_chain{detail::frame{nullptr, nullptr}, 0} {}
        void finish() override {}
    } here;
    here.go_on_with(coroutine.begin_in(here));
    (void)here.drive();
    return coroutine.take();
}

}  // namespace poise::task
