// SPDX-License-Identifier: MIT
// Values as bytes, for results that cross from one process to another or into a file.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace poise::task {

/// Where bytes go. Large pieces may be read later, when the whole value has been written: they must not change
/// meanwhile.
class byte_writer {
public:
    virtual ~byte_writer() = default;
    virtual void write(void const* bytes, std::size_t size) = 0;
};

/// Where bytes come from. Throws when there are fewer.
class byte_reader {
public:
    virtual ~byte_reader() = default;
    virtual void read(void* bytes, std::size_t size) = 0;
    /// At most so many more can come: a size that was read and is larger than this is no size.
    [[nodiscard]] virtual std::size_t remaining() const = 0;
};

/// To be specialised for types of your own:
///   template <> struct poise::task::serializer<mesh> {
///       static void write(byte_writer& out, mesh const& m) { task::write(out, m.nodes()); }
///       static mesh read(byte_reader& in) { return mesh{task::read<std::vector<point>>(in)}; }
///   };
/// There are serialisers for what is trivially copyable and holds no pointer (which nobody can check inside of a
/// struct), for strings, vectors, arrays, pairs, tuples, optionals, variants, maps, sets, unique_ptr, and for
/// aggregates of up to eight such members without base. Byte order and sizes are the machine's.
template <class T>
struct serializer;

namespace detail {

struct any_value {
    template <class T>
    operator T() const;  // NOLINT(google-explicit-constructor): it stands for any member
};
template <class T, class Indices>
struct takes_members;
template <class T, std::size_t... I>
    struct takes_members<T, std::index_sequence<I...>> : std::bool_constant < requires {
    T{(static_cast<void>(I), any_value{})...};
} > {};

// The number of members of an aggregate, 0 where it is none or has more than eight.
template <class T, std::size_t N = 8>
constexpr std::size_t count_members() {
    if constexpr (N == 0)
        return 0;
    else if constexpr (takes_members<T, std::make_index_sequence<N>>::value)
        return takes_members<T, std::make_index_sequence<N + 1>>::value ? 0 : N;
    else
        return count_members<T, N - 1>();
}

template <class T>
inline constexpr bool is_bytes = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> &&
                                 !std::is_member_pointer_v<T> && !std::is_null_pointer_v<T>;

}  // namespace detail

template <class T>
concept serializable = requires(byte_writer& out, byte_reader& in, T const& value) {
    serializer<T>::write(out, value);
    { serializer<T>::read(in) } -> std::same_as<T>;
};

template <class T>
void write(byte_writer& out, T const& value) {
    serializer<T>::write(out, value);
}
template <class T>
[[nodiscard]] T read(byte_reader& in) {
    return serializer<T>::read(in);
}

namespace detail {

// A size that what follows can have: else a torn file would ask for all memory.
[[nodiscard]] std::size_t read_size(byte_reader& in, std::size_t size_of_element);
[[noreturn]] void refuse_variant(std::uint64_t index, std::size_t n);

template <class T>
auto members_of(T& value) {
    constexpr std::size_t n = count_members<std::remove_const_t<T>>();
    if constexpr (n == 1) {
        auto& [a] = value;
        return std::tie(a);
    } else if constexpr (n == 2) {
        auto& [a, b] = value;
        return std::tie(a, b);
    } else if constexpr (n == 3) {
        auto& [a, b, c] = value;
        return std::tie(a, b, c);
    } else if constexpr (n == 4) {
        auto& [a, b, c, d] = value;
        return std::tie(a, b, c, d);
    } else if constexpr (n == 5) {
        auto& [a, b, c, d, e] = value;
        return std::tie(a, b, c, d, e);
    } else if constexpr (n == 6) {
        auto& [a, b, c, d, e, f] = value;
        return std::tie(a, b, c, d, e, f);
    } else if constexpr (n == 7) {
        auto& [a, b, c, d, e, f, g] = value;
        return std::tie(a, b, c, d, e, f, g);
    } else {
        static_assert(n == 8);
        auto& [a, b, c, d, e, f, g, h] = value;
        return std::tie(a, b, c, d, e, f, g, h);
    }
}

template <class Tuple>
inline constexpr bool all_serializable = false;
template <class... Ts>
inline constexpr bool all_serializable<std::tuple<Ts...>> = (serializable<std::remove_cvref_t<Ts>> && ...);

template <class T>
concept plain_aggregate = std::is_aggregate_v<T> && !is_bytes<T> && !std::is_array_v<T> && count_members<T>() > 0 &&
                          all_serializable<decltype(members_of(std::declval<T&>()))>;

}  // namespace detail

template <class T>
requires detail::is_bytes<T>
struct serializer<T> {
    static void write(byte_writer& out, T const& value) { out.write(&value, sizeof value); }
    static T read(byte_reader& in) {
        alignas(T) std::byte bytes[sizeof(T)];
        in.read(bytes, sizeof bytes);
        return std::move(*std::launder(reinterpret_cast<T*>(bytes)));
    }
};

namespace detail {

// Contiguous elements that are bytes go as one piece, others one by one.
template <class Container>
struct sequence_serializer {
    using element = typename Container::value_type;
    static void write(byte_writer& out, Container const& values) {
        task::write(out, std::uint64_t{values.size()});
        if constexpr (is_bytes<element> && requires { values.data(); })
            out.write(values.data(), values.size() * sizeof(element));
        else
            for (auto const& value : values) task::write<element>(out, value);
    }
    static Container read(byte_reader& in) {
        Container values;
        if constexpr (is_bytes<element> && requires { values.data(); }) {
            values.resize(read_size(in, sizeof(element)));
            in.read(values.data(), values.size() * sizeof(element));
        } else {
            std::size_t const n = read_size(in, 0);
            for (std::size_t i = 0; i < n; ++i) values.insert(values.end(), task::read<element>(in));
        }
        return values;
    }
};
template <class Map>
struct map_serializer {
    using key = typename Map::key_type;
    using mapped = typename Map::mapped_type;
    static void write(byte_writer& out, Map const& values) {
        task::write(out, std::uint64_t{values.size()});
        for (auto const& [k, v] : values) {
            task::write<key>(out, k);
            task::write<mapped>(out, v);
        }
    }
    static Map read(byte_reader& in) {
        Map values;
        for (std::size_t n = read_size(in, 0); n > 0; --n) {
            auto k = task::read<key>(in);
            values.emplace_hint(values.end(), std::move(k), task::read<mapped>(in));
        }
        return values;
    }
};
template <class Tuple>
struct tuple_serializer {
    static void write(byte_writer& out, Tuple const& values) {
        std::apply([&](auto const&... each) { (task::write(out, each), ...); }, values);
    }
    static Tuple read(byte_reader& in) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return Tuple{task::read<std::tuple_element_t<I, Tuple>>(in)...};  // in braces: from left to right
        }
        (std::make_index_sequence<std::tuple_size_v<Tuple>>{});
    }
};

}  // namespace detail

template <class C, class Traits, class A>
requires detail::is_bytes<C>
struct serializer<std::basic_string<C, Traits, A>> : detail::sequence_serializer<std::basic_string<C, Traits, A>> {
};
template <serializable T, class A>
struct serializer<std::vector<T, A>> : detail::sequence_serializer<std::vector<T, A>> {};
template <serializable T, class C, class A>
struct serializer<std::set<T, C, A>> : detail::sequence_serializer<std::set<T, C, A>> {};
template <serializable T, class H, class E, class A>
struct serializer<std::unordered_set<T, H, E, A>> : detail::sequence_serializer<std::unordered_set<T, H, E, A>> {};
template <serializable K, serializable V, class C, class A>
struct serializer<std::map<K, V, C, A>> : detail::map_serializer<std::map<K, V, C, A>> {};
template <serializable K, serializable V, class H, class E, class A>
struct serializer<std::unordered_map<K, V, H, E, A>> : detail::map_serializer<std::unordered_map<K, V, H, E, A>> {};

template <serializable T, std::size_t N>
requires(!detail::is_bytes<std::array<T, N>>) struct serializer<std::array<T, N>>
    : detail::tuple_serializer<std::array<T, N>> {
};
template <serializable A, serializable B>
requires(!detail::is_bytes<std::pair<A, B>>) struct serializer<std::pair<A, B>>
    : detail::tuple_serializer<std::pair<A, B>> {
};
template <serializable... Ts>
requires(!detail::is_bytes<std::tuple<Ts...>>) struct serializer<std::tuple<Ts...>>
    : detail::tuple_serializer<std::tuple<Ts...>> {
};

template <serializable T>
requires(!detail::is_bytes<std::optional<T>>) struct serializer<std::optional<T>> {
    static void write(byte_writer& out, std::optional<T> const& value) {
        task::write(out, value.has_value());
        if (value) task::write<T>(out, *value);
    }
    static std::optional<T> read(byte_reader& in) {
        if (!task::read<bool>(in)) return {};
        return task::read<T>(in);
    }
};
template <serializable T>
struct serializer<std::unique_ptr<T>> {
    static void write(byte_writer& out, std::unique_ptr<T> const& value) {
        task::write(out, value != nullptr);
        if (value) task::write<T>(out, *value);
    }
    static std::unique_ptr<T> read(byte_reader& in) {
        if (!task::read<bool>(in)) return {};
        return std::make_unique<T>(task::read<T>(in));
    }
};
template <serializable... Ts>
requires(!detail::is_bytes<std::variant<Ts...>>) struct serializer<std::variant<Ts...>> {
    using variant = std::variant<Ts...>;
    static void write(byte_writer& out, variant const& value) {
        task::write(out, std::uint64_t{value.index()});
        std::visit([&](auto const& held) { task::write(out, held); }, value);
    }
    static variant read(byte_reader& in) {
        auto const index = task::read<std::uint64_t>(in);
        std::optional<variant> made;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (void)((index == I && (made.emplace(std::in_place_index<I>, task::read<Ts>(in)), true)) || ...);
        }
        (std::index_sequence_for<Ts...>{});
        if (!made) detail::refuse_variant(index, sizeof...(Ts));
        return std::move(*made);
    }
};

template <detail::plain_aggregate T>
struct serializer<T> {
    static void write(byte_writer& out, T const& value) {
        std::apply([&](auto const&... each) { (task::write(out, each), ...); }, detail::members_of(value));
    }
    static T read(byte_reader& in) {
        using members = decltype(detail::members_of(std::declval<T&>()));
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return T{task::read<std::remove_cvref_t<std::tuple_element_t<I, members>>>(in)...};
        }
        (std::make_index_sequence<std::tuple_size_v<members>>{});
    }
};

}  // namespace poise::task
