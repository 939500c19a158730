// SPDX-License-Identifier: MIT
#include "task/remote_exception.hpp"

#include "task/run_state.hpp"

#include <poise/core/error.hpp>

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>

namespace poise::task::detail {
namespace {

// Written by place in this list, so that it must be the same program on both sides, as it is.
template <class... Types>
struct list_of_types {
    static std::uint8_t place_of(std::exception const& thrown) {
        std::uint8_t place = 0;
        bool const known = ((typeid(thrown) == typeid(Types) || (++place, false)) || ...);
        return known ? place : sizeof...(Types);
    }
    static std::exception_ptr make(std::uint8_t place, std::string const& text) {
        std::exception_ptr made;
        std::uint8_t at = 0;
        (void)((at++ == place && (made = std::make_exception_ptr(Types{text}), true)) || ...);
        return made;
    }
};
using known_types =
    list_of_types<std::runtime_error, std::logic_error, std::invalid_argument, std::domain_error, std::length_error,
                  std::out_of_range, std::range_error, std::overflow_error, std::underflow_error, error, timeout_error,
                  process_error, skipped_error, stopped_error, remote_error>;
constexpr std::uint8_t no_memory = 254;
constexpr std::uint8_t unknown = 255;

}  // namespace

void write_exception(byte_writer& out, std::exception_ptr const& thrown) {
    std::uint8_t place = unknown;
    std::string text;
    try {
        std::rethrow_exception(thrown);
    } catch (std::bad_alloc const&) {
        place = no_memory;
    } catch (std::exception const& e) {
        place = known_types::place_of(e);
        text = e.what();
    } catch (...) {
        text = not_a_std_exception;
    }
    task::write(out, place);
    task::write(out, text);
}

std::exception_ptr read_exception(byte_reader& in) {
    auto const place = task::read<std::uint8_t>(in);
    auto const text = task::read<std::string>(in);
    if (place == no_memory) return std::make_exception_ptr(std::bad_alloc{});
    if (auto made = known_types::make(place, text)) return made;
    return std::make_exception_ptr(remote_error{text});
}

}  // namespace poise::task::detail
