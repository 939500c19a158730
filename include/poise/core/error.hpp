// SPDX-License-Identifier: MIT
// Failures of the world are poise::error; the caller's mistakes are std::invalid_argument; outcomes are values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace poise {

/// Base of everything poise throws for a failure that is not the caller's mistake.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A file that cannot be opened, read, written or renamed. The message holds the path, the step and errno's text.
class file_error : public error {
public:
    file_error(std::string path, std::string const& step, int error_number);

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    /// errno of the failed step, 0 where the failure is not the system's.
    [[nodiscard]] int error_number() const noexcept { return error_number_; }

private:
    std::string path_;
    int error_number_;
};

/// A file or a text that was read and is not what it should be. The message is one line, "source:line: what is wrong;
/// what to do", or "source: …" where the fault is in no single line.
class input_error : public error {
public:
    /// line: counted from 1; 0 where no single line is at fault.
    input_error(std::string source, std::size_t line, std::string const& fault);

    /// The path, or what else was read: "the text".
    [[nodiscard]] std::string const& source() const noexcept { return source_; }
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

private:
    std::string source_;
    std::size_t line_;
};

/// A computation that would need more memory than the machine can give. Thrown before the memory is touched.
class not_enough_memory : public error {
public:
    not_enough_memory(std::string const& what, std::uint64_t needed_bytes, std::uint64_t available_bytes);

    [[nodiscard]] std::uint64_t needed_bytes() const noexcept { return needed_bytes_; }
    [[nodiscard]] std::uint64_t available_bytes() const noexcept { return available_bytes_; }

private:
    std::uint64_t needed_bytes_;
    std::uint64_t available_bytes_;
};

/// A solve that stopped short of its tolerance, thrown only where the caller asked for an exception.
/// The layers derive from it and carry their report.
class not_converged : public error {
public:
    using error::error;
};

/// Throws std::invalid_argument with the message. Kept out of line so that checks cost a branch.
[[noreturn]] void throw_invalid(std::string const& message);

}  // namespace poise

/// The caller's contract, checked in every build: throws std::invalid_argument. The message is built only on failure:
/// POISE_REQUIRE(b.size() == n, "b has ", b.size(), " entries, A has ", n, " rows"); needs <poise/core/concat.hpp>.
#define POISE_REQUIRE(condition, ...) \
    (static_cast<bool>(condition) ? static_cast<void>(0) : ::poise::throw_invalid(::poise::concat(__VA_ARGS__)))
