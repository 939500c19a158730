// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <system_error>

namespace poise {

file_error::file_error(std::string path, std::string const& step, int error_number)
    : error{error_number == 0 ? concat(path, ": ", step)
                              : concat(path, ": ", step, ": ", std::generic_category().message(error_number))},
      path_{std::move(path)},
      error_number_{error_number} {}

input_error::input_error(std::string source, std::size_t line, std::string const& fault)
    : error{line == 0 ? concat(source, ": ", fault) : concat(source, ':', line, ": ", fault)},
      source_{std::move(source)},
      line_{line} {}

not_enough_memory::not_enough_memory(std::string const& what, std::uint64_t needed_bytes, std::uint64_t available_bytes)
    : error{concat(what, " needs ", bytes_to_text(needed_bytes), " and ", bytes_to_text(available_bytes),
                   " are available; choose a coarser grid or a machine with more memory")},
      needed_bytes_{needed_bytes},
      available_bytes_{available_bytes} {}

void throw_invalid(std::string const& message) { throw std::invalid_argument{message}; }

}  // namespace poise
