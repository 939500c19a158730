// SPDX-License-Identifier: MIT
// A function that remembers its results.
#pragma once

#include <poise/core/single_flight_cache.hpp>
#include <poise/profile/cache_metrics.hpp>
#include <poise/profile/memo_key.hpp>
#include <poise/profile/metrics.hpp>

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace poise {

struct memoize_options {
    /// Results are dropped, the least recently used first, to stay within these.
    std::size_t max_bytes = std::size_t{256} << 20;
    std::size_t max_entries = std::numeric_limits<std::size_t>::max();
    /// Reports memoize.<name>.{hits,misses,evictions,bytes} to the registry; nothing without a name.
    std::string name{};
    profile::metrics_registry* registry = nullptr;  ///< nullptr: profile::metrics(). Must outlive the results
};

template <class Signature>
class memoized;

/// A function of values that is computed once for each set of arguments: what memoize() makes.
///  - Threads that ask for the same at the same time wait for one computation and share its result; see
///    single_flight_cache. An exception goes to all of them and is not remembered.
///  - A function that asks for the very result it is computing gets std::invalid_argument instead of a deadlock.
///  - Arguments are the same when they are equal, floating-point numbers when their bits are (memo_hash); the cache
///    keeps copies, strings for string views. Pointers, views and arguments that are changed do not compile.
/// The function must give the same for the same and must be callable from several threads at once.
/// Copies share function and results. Thread-safe. Cost of a hit: a copy of the arguments, a hash, a lock, and a copy
/// of the result unless shared() is asked.
template <class Result, class... Arguments>
class memoized<Result(Arguments...)> {
public:
    using value_type = std::decay_t<Result>;
    static_assert(!std::is_void_v<value_type>, "memoize: a function without a result is called for what it does");
    static_assert(!std::is_pointer_v<value_type>, "memoize: return a value; nobody knows how long a pointer is good");

    template <class Function>
    memoized(Function function, memoize_options const& options, std::function<std::size_t(value_type const&)> bytes_of)
        : state_{std::make_shared<state>(std::move(function), options, std::move(bytes_of))} {}

    /// A copy of the result, computed at the first call. Throws what the function throws.
    [[nodiscard]] value_type operator()(Arguments... arguments) const {
        return *shared(std::forward<Arguments>(arguments)...);
    }
    /// The result itself, which lives as long as somebody holds it.
    [[nodiscard]] std::shared_ptr<value_type const> shared(Arguments... arguments) const {
        key_type const key(arguments...);
        auto const compute = [&] { return state_->function(std::forward<Arguments>(arguments)...); };
        auto const bytes = [&](value_type const& v) { return state_->bytes_of(v) + detail::memo_bytes(key); };
        if (state_->metrics) return state_->metrics->get(state_->cache, key, compute, bytes).value;
        return state_->cache.get(key, compute, bytes).value;
    }

    /// Bytes are those of results and arguments, without the some 200 that the cache needs for each.
    [[nodiscard]] cache_statistics statistics() const { return state_->cache.statistics(); }
    /// Forgets all results. Those in use live on with their holders.
    void clear() const {
        state_->cache.clear();
        if (state_->metrics) state_->metrics->tell(state_->cache);
    }

private:
    using key_type = std::tuple<typename detail::memo_argument<Arguments>::type...>;
    struct state {
        template <class Function>
        state(Function wrapped, memoize_options const& options,
              std::function<std::size_t(value_type const&)> bytes_of_result)
            : function{[f = std::make_shared<Function>(std::move(wrapped))](Arguments... arguments) -> Result {
                  return std::invoke(*f, std::forward<Arguments>(arguments)...);
              }},
              bytes_of{std::move(bytes_of_result)},
              cache{cache_limits{options.max_bytes, options.max_entries}} {
            if (!options.name.empty())
                metrics.emplace(options.registry != nullptr ? *options.registry : profile::metrics(),
                                "memoize." + options.name);
        }

        std::function<Result(Arguments...)> const function;
        std::function<std::size_t(value_type const&)> const bytes_of;
        single_flight_cache<key_type, value_type, detail::memo_hash, detail::memo_equal> cache;
        std::optional<profile::cache_metrics> metrics;
    };

    std::shared_ptr<state> state_;
};

namespace detail {

template <class Signature, class Function>
struct memoized_type {
    using type = memoized<Signature>;
};
template <class Function>
struct memoized_type<void, Function> {
    template <class R, class... A>
    static memoized<R(A...)> of(std::function<R(A...)> const&);
    using type = decltype(of(std::function{std::declval<Function>()}));
};

}  // namespace detail

/// auto const norm = poise::memoize([](int n, double p) { … }, {.max_entries = 1000, .name = "norm"});
/// Wraps a function, or an object with one operator(); where it has several, or is a template, its signature is named:
/// memoize<double(int, double)>(f). bytes_of(result) says what a result holds where memo_bytes() cannot see it.
/// Throws std::invalid_argument for a name that cannot stand in a metric's name.
template <class Signature = void, class Function>
[[nodiscard]] auto memoize(Function function, memoize_options const& options = {}) {
    using type = typename detail::memoized_type<Signature, Function>::type;
    return type{std::move(function), options, detail::memo_bytes<typename type::value_type>};
}
template <class Signature = void, class Function, class BytesOf>
[[nodiscard]] auto memoize(Function function, memoize_options const& options, BytesOf bytes_of) {
    using type = typename detail::memoized_type<Signature, Function>::type;
    return type{std::move(function), options, std::move(bytes_of)};
}

}  // namespace poise
