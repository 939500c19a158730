// SPDX-License-Identifier: MIT
// Private to src/: exceptions that cross from one process to another.
#pragma once

#include <poise/task/serialize.hpp>

#include <exception>

namespace poise::task::detail {

/// The standard types and those of this layer arrive as what they were, others as remote_error with their text.
void write_exception(byte_writer& out, std::exception_ptr const& thrown);
[[nodiscard]] std::exception_ptr read_exception(byte_reader& in);

}  // namespace poise::task::detail
