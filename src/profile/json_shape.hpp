// SPDX-License-Identifier: MIT
// How a value of a C++ type is made of JSON, one event at a time: a file is read straight into its snapshot.
#pragma once

#include "profile/snapshot_fields.hpp"

#include <poise/core/concat.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace poise::profile::detail {

/// A JSON value without parts. A whole number that is negative comes as a double.
using json_scalar = std::variant<bool, std::uint64_t, double, std::string*>;

class shape;
/// Where a value goes and how; is == nullptr: nowhere, it is ignored.
struct place {
    void* target = nullptr;
    shape const* is = nullptr;
};
struct found_field {
    char const* name = nullptr;  ///< nullptr: there is none of that name
    unsigned number = 0;         ///< 0 … 63
    place value{};
};

class shape {
public:
    enum class bracket : unsigned char { none, array, object };

    /// What is expected: "a string", for messages.
    [[nodiscard]] virtual std::string expected() const = 0;
    [[nodiscard]] virtual bracket opened_by() const noexcept { return bracket::none; }
    /// false: not such a value.
    [[nodiscard]] virtual bool set(void* /*target*/, json_scalar const& /*value*/) const { return false; }
    /// Of an array: a new element at its end.
    [[nodiscard]] virtual place append(void* /*target*/) const { return {}; }
    /// Of an object.
    [[nodiscard]] virtual found_field field(void* /*target*/, std::string_view /*name*/) const { return {}; }
    /// The first field that must be there and is not among those seen; nullptr where all are.
    [[nodiscard]] virtual char const* missing(std::uint64_t /*seen*/) const { return nullptr; }
    /// What is wrong with the object as a whole; nullptr where nothing is.
    [[nodiscard]] virtual char const* fault(void const* /*target*/) const { return nullptr; }

protected:
    shape() = default;
    ~shape() = default;
};

template <class T>
class shape_of;
template <class T>
[[nodiscard]] place place_of(T& target) noexcept {
    static constexpr shape_of<T> is{};
    return {&target, &is};
}

template <>
class shape_of<bool> final : public shape {
public:
    [[nodiscard]] std::string expected() const override { return "true or false"; }
    [[nodiscard]] bool set(void* target, json_scalar const& value) const override {
        bool const* const given = std::get_if<bool>(&value);
        if (given != nullptr) *static_cast<bool*>(target) = *given;
        return given != nullptr;
    }
};

template <>
class shape_of<std::string> final : public shape {
public:
    [[nodiscard]] std::string expected() const override { return "a string"; }
    [[nodiscard]] bool set(void* target, json_scalar const& value) const override {
        std::string* const* const given = std::get_if<std::string*>(&value);
        if (given != nullptr) *static_cast<std::string*>(target) = std::move(**given);
        return given != nullptr;
    }
};

template <>
class shape_of<double> final : public shape {
public:
    [[nodiscard]] std::string expected() const override { return R"(a number, or "NaN", "Infinity" or "-Infinity")"; }
    [[nodiscard]] bool set(void* target, json_scalar const& value) const override {
        double& number = *static_cast<double*>(target);
        if (auto const* const whole = std::get_if<std::uint64_t>(&value)) {
            number = static_cast<double>(*whole);
        } else if (auto const* const real = std::get_if<double>(&value)) {
            number = *real;
        } else if (auto const* const text = std::get_if<std::string*>(&value)) {
            constexpr double infinity = std::numeric_limits<double>::infinity();
            if (**text == "NaN")
                number = std::numeric_limits<double>::quiet_NaN();
            else if (**text == "Infinity" || **text == "-Infinity")
                number = (**text)[0] == '-' ? -infinity : infinity;
            else
                return false;
        } else {
            return false;
        }
        return true;
    }
};

template <std::unsigned_integral T>
class shape_of<T> final : public shape {
public:
    [[nodiscard]] std::string expected() const override {
        return concat("a whole number from 0 to ", std::numeric_limits<T>::max());
    }
    [[nodiscard]] bool set(void* target, json_scalar const& value) const override {
        auto const* const given = std::get_if<std::uint64_t>(&value);
        if (given == nullptr || *given > std::numeric_limits<T>::max()) return false;
        *static_cast<T*>(target) = static_cast<T>(*given);
        return true;
    }
};

template <class E>
requires std::is_enum_v<E>
class shape_of<E> final : public shape {
public:
    [[nodiscard]] std::string expected() const override {
        std::string text = "one of";
        for (auto const name : names_of<E>) text += concat(text.size() == 6 ? " " : ", ", '"', name, '"');
        return text;
    }
    [[nodiscard]] bool set(void* target, json_scalar const& value) const override {
        auto const* const given = std::get_if<std::string*>(&value);
        for (std::size_t i = 0; given != nullptr && i < names_of<E>.size(); ++i) {
            if (names_of<E>[i] != **given) continue;
            *static_cast<E*>(target) = static_cast<E>(i);
            return true;
        }
        return false;
    }
};

template <class T>
class shape_of<std::vector<T>> final : public shape {
public:
    [[nodiscard]] std::string expected() const override { return "an array"; }
    [[nodiscard]] bracket opened_by() const noexcept override { return bracket::array; }
    [[nodiscard]] place append(void* target) const override {
        return place_of(static_cast<std::vector<T>*>(target)->emplace_back());
    }
};

template <has_fields T>
class shape_of<T> final : public shape {
public:
    [[nodiscard]] std::string expected() const override { return "an object"; }
    [[nodiscard]] bracket opened_by() const noexcept override { return bracket::object; }
    [[nodiscard]] found_field field(void* target, std::string_view name) const override {
        finder found{name};
        fields_of<T>::visit(found, *static_cast<T*>(target));
        return found.result;
    }
    [[nodiscard]] char const* missing(std::uint64_t seen) const override {
        T const nothing{};
        misser check{seen};
        fields_of<T>::visit(check, nothing);
        return check.missing;
    }
    [[nodiscard]] char const* fault(void const* target) const override {
        if constexpr (requires(T const& t) { fields_of<T>::fault(t); })
            return fields_of<T>::fault(*static_cast<T const*>(target));
        else
            return nullptr;
    }

private:
    struct finder {
        std::string_view wanted;
        unsigned n = 0;
        found_field result{};

        template <class M>
        void operator()(char const* name, M& member) {
            if (name == wanted) result = {name, n, place_of(member)};
            ++n;
        }
        template <class M>
        void optional(char const* name, M& member) {
            (*this)(name, member);
        }
    };
    struct misser {
        std::uint64_t seen;
        unsigned n = 0;
        char const* missing = nullptr;

        template <class M>
        void operator()(char const* name, M const&) {
            if (missing == nullptr && (seen >> n & 1U) == 0) missing = name;
            ++n;
        }
        template <class M>
        void optional(char const*, M const&) {
            ++n;
        }
    };
};

}  // namespace poise::profile::detail
