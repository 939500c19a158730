// SPDX-License-Identifier: MIT
// A reader under input that is wrong in every way. Each reader has one accepts(); libfuzzer.cpp gives it input that
// explores its branches, replay.cpp a corpus and mutations of it, the same always.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace poise_fuzz {

/// Reads the bytes and checks what comes of it; false where they are refused with a poise::error. Whatever else happens
/// ends the program.
bool accepts(std::string_view bytes);

inline void ensure(bool condition, char const* what) {
    if (condition) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

/// A refusal is one printable line, whatever was read.
inline void ensure_readable(std::string_view message) {
    for (char const letter : message) ensure(letter >= ' ' && letter <= '~', "a message that cannot be printed");
}

}  // namespace poise_fuzz
