// SPDX-License-Identifier: MIT
// A profile of the functions that a callable runs, found by looking at its stack many times a second.
#pragma once

#include <cstdint>
#include <exception>
#include <iosfwd>
#include <string>
#include <vector>

namespace poise::profile {

/// A place in the program, as far as debug information tells.
struct source_frame {
    std::string function;  ///< demangled; "[0x…]" or "[libfoo.so+0x…]" where it has no name
    std::string file;      ///< empty where it is not known
    unsigned line = 0;
    bool inlined = false;  ///< into the frame around it

    friend bool operator==(source_frame const&, source_frame const&) = default;
};

/// A function below a path of callers.
struct function_statistics {
    source_frame where;
    std::uint64_t self_samples = 0;
    std::uint64_t total_samples = 0;
    std::vector<function_statistics> children;  ///< the most samples first

    friend bool operator==(function_statistics const&, function_statistics const&) = default;
};

/// A share with its 95 % confidence interval.
struct share_interval {
    double estimate = 0.0, low = 0.0, high = 0.0;

    friend bool operator==(share_interval const&, share_interval const&) = default;
};

/// What sample() found.
struct sampled_profile {
    std::string name;
    function_statistics root;  ///< no function of its own; total_samples is all of them
    double duration_s = 0.0;
    double cpu_s = 0.0;
    double asked_hz = 0.0;
    std::string engine;  ///< how the stack was looked at, and why not better where that is so
    std::uint64_t lost_samples = 0;
    std::string failure;  ///< what() of an exception that left the callable; empty without one

    friend bool operator==(sampled_profile const&, sampled_profile const&) = default;
};

}  // namespace poise::profile
