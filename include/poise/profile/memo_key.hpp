// SPDX-License-Identifier: MIT
// Which arguments are the same, for memoize(): equal values, floating point by its bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace poise::detail {

/// As what an argument is kept: a copy that owns what it refers to.
template <class Argument>
struct memo_argument {
    using type = std::decay_t<Argument>;
    static_assert(!std::is_lvalue_reference_v<Argument> || std::is_const_v<std::remove_reference_t<Argument>>,
                  "memoize: a function that changes an argument has more results than its value; return them");
    static_assert(
        !std::is_pointer_v<type>,
        "memoize: what a pointer points to may change while the pointer is the same; take a value or a string");
    static_assert(!std::ranges::view<type>, "memoize: what a view refers to may change or end; take a container");
};
template <class Argument>
requires std::is_same_v<std::decay_t<Argument>, std::string_view>
struct memo_argument<Argument> {
    using type = std::string;
};

template <class T>
concept tuple_like = requires {
    std::tuple_size<T>::value;
}
&&!std::ranges::input_range<T>;
template <class T>
concept has_std_hash = requires(T const& v) {
    { std::hash<T>{}(v) } -> std::convertible_to<std::size_t>;
};
template <class T>
inline constexpr bool is_complex = false;
template <class T>
inline constexpr bool is_complex<std::complex<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

// Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators: the finaliser of SplitMix64.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t seed, std::uint64_t word) noexcept {
    std::uint64_t state =
        seed * 0xff51afd7ed558ccdU + word + 0x9e3779b97f4a7c15U;  // seed and word are not exchangeable
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
    return state ^ (state >> 31);
}

/// Hash and equality of memoize()'s keys: integers, enums, floating point, complex, strings, ranges, tuples, pairs,
/// optionals and variants of such, and whatever else has std::hash and ==. Floating-point numbers are the same where
/// their bits are: 0.0 and -0.0 are two arguments, since 1/x tells them apart, and a NaN is found again.
struct memo_hash {
    template <class T>
    [[nodiscard]] std::size_t operator()(T const& v) const {
        return static_cast<std::size_t>(of(v));
    }

    template <class T>
    [[nodiscard]] static std::uint64_t of(T const& v) {
        if constexpr (std::is_same_v<T, float>) {
            return mixed(1, std::bit_cast<std::uint32_t>(v));
        } else if constexpr (std::is_same_v<T, double>) {
            return mixed(1, std::bit_cast<std::uint64_t>(v));
        } else if constexpr (std::is_floating_point_v<T>) {  // long double has bits that mean nothing
            return std::isnan(v) ? mixed(2, 0) : mixed(std::signbit(v) ? 3 : 1, std::hash<T>{}(v));
        } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            return mixed(1, static_cast<std::uint64_t>(v));
        } else if constexpr (is_complex<T>) {
            return mixed(of(v.real()), of(v.imag()));
        } else if constexpr (is_optional<T>) {
            return v ? mixed(5, of(*v)) : mixed(4, 0);
        } else if constexpr (is_variant<T>) {
            return mixed(v.index(),
                         v.valueless_by_exception() ? 0 : std::visit([](auto const& x) { return of(x); }, v));
        } else if constexpr (std::is_convertible_v<T const&, std::string_view>) {
            return mixed(1, std::hash<std::string_view>{}(v));
        } else if constexpr (tuple_like<T>) {
            std::uint64_t hash = std::tuple_size_v<T>;
            std::apply([&](auto const&... parts) { ((hash = mixed(hash, of(parts))), ...); }, v);
            return hash;
        } else if constexpr (std::ranges::input_range<T const> && !has_std_hash<T>) {
            std::uint64_t hash = 0, n = 0;
            for (auto const& element : v) hash = mixed(hash, of(element)), ++n;
            return mixed(hash, n);
        } else {
            static_assert(has_std_hash<T>, "memoize: an argument needs std::hash, or to be made of parts that have it");
            return mixed(1, std::hash<T>{}(v));
        }
    }
};

struct memo_equal {
    template <class T>
    [[nodiscard]] bool operator()(T const& a, T const& b) const {
        return same(a, b);
    }

    template <class T>
    [[nodiscard]] static bool same(T const& a, T const& b) {
        if constexpr (std::is_same_v<T, float>) {
            return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
        } else if constexpr (std::is_same_v<T, double>) {
            return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
        } else if constexpr (std::is_floating_point_v<T>) {
            return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
        } else if constexpr (is_complex<T>) {
            return same(a.real(), b.real()) && same(a.imag(), b.imag());
        } else if constexpr (is_optional<T>) {
            return a.has_value() == b.has_value() && (!a || same(*a, *b));
        } else if constexpr (is_variant<T>) {
            return a.index() == b.index() && (a.valueless_by_exception() || same_alternative(a, b));
        } else if constexpr (tuple_like<T>) {
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return (same(std::get<I>(a), std::get<I>(b)) && ...);
            }
            (std::make_index_sequence<std::tuple_size_v<T>>{});
        } else if constexpr (std::ranges::input_range<T const> && !std::is_convertible_v<T const&, std::string_view> &&
                             !has_std_hash<T>) {
            return std::ranges::equal(a, b, [](auto const& x, auto const& y) { return same(x, y); });
        } else {
            return a == b;
        }
    }

private:
    template <class Variant>
    static bool same_alternative(Variant const& a, Variant const& b) {
        return std::visit([&](auto const& x) { return same(x, *std::get_if<std::decay_t<decltype(x)>>(&b)); }, a);
    }
};

/// What a value holds, as far as its type shows: its own size, the elements of containers, and what bytes() says.
/// Memory behind pointers and handles is not seen.
template <class T>
[[nodiscard]] std::size_t memo_bytes(T const& v) {
    std::size_t bytes = sizeof(T);
    if constexpr (requires {
                      { v.bytes() } -> std::convertible_to<std::size_t>;
                  }) {
        bytes += v.bytes();
    } else if constexpr (is_optional<T>) {
        if (v) bytes += memo_bytes(*v) - sizeof(*v);
    } else if constexpr (tuple_like<T>) {
        std::apply([&](auto const&... parts) { ((bytes += memo_bytes(parts) - sizeof(parts)), ...); }, v);
    } else if constexpr (std::ranges::input_range<T const> && std::ranges::sized_range<T const>) {
        using element = std::ranges::range_value_t<T const>;
        bool const inside = requires { std::tuple_size<T>::value; };  // std::array
        if (!inside) bytes += std::ranges::size(v) * sizeof(element);
        if constexpr (!std::is_trivially_copyable_v<element>)
            for (auto const& one : v) bytes += memo_bytes<element>(one) - sizeof(element);
    }
    return bytes;
}

}  // namespace poise::detail
