// SPDX-License-Identifier: MIT
#include "profile/debug_info.hpp"

#include <backtrace.h>

namespace poise::profile::detail::debug_info {
namespace {

// A file without debug information is no failure here: the symbol table is asked next.
void ignore(void*, char const*, int) {}

// Kept: libbacktrace has no way to free it. It knows the objects that were loaded when it was first asked.
backtrace_state* made = nullptr;

backtrace_state* state() {
    if (made == nullptr) made = backtrace_create_state(nullptr, 0, ignore, nullptr);
    return made;
}

}  // namespace

void forget() noexcept { made = nullptr; }

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
