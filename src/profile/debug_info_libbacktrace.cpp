// SPDX-License-Identifier: MIT
#include "profile/debug_info.hpp"

#include <backtrace.h>

namespace poise::profile::detail::debug_info {
namespace {

// A file without debug information is no failure here: the symbol table is asked next.
void ignore(void*, char const*, int) {}

// Made once and kept: libbacktrace has no way to free it.
backtrace_state* state() {
    static backtrace_state* const made = backtrace_create_state(nullptr, 0, ignore, nullptr);
    return made;
}

}  // namespace

std::vector<source_frame> frames_at(std::uintptr_t address) {
    std::vector<source_frame> frames;
    if (state() == nullptr) return frames;
    auto const add = [](void* to, std::uintptr_t, char const* file, int line, char const* function) {
        if (function != nullptr || file != nullptr)
            static_cast<std::vector<source_frame>*>(to)->push_back({function == nullptr ? "" : function,
                                                                    file == nullptr ? "" : file,
                                                                    line > 0 ? static_cast<unsigned>(line) : 0, false});
        return 0;
    };
    backtrace_pcinfo(state(), address, add, ignore, &frames);
    for (std::size_t i = 0; i + 1 < frames.size(); ++i) frames[i].inlined = true;
    return frames;
}

std::string symbol_at(std::uintptr_t address) {
    std::string name;
    if (state() == nullptr) return name;
    auto const set = [](void* to, std::uintptr_t, char const* symbol, std::uintptr_t, std::uintptr_t) {
        if (symbol != nullptr) *static_cast<std::string*>(to) = symbol;
    };
    backtrace_syminfo(state(), address, set, ignore, &name);
    return name;
}

std::string_view source() noexcept { return "libbacktrace"; }

}  // namespace poise::profile::detail::debug_info
