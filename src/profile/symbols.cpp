// SPDX-License-Identifier: MIT
#include "profile/symbols.hpp"

#include "profile/call_frame.hpp"
#include "profile/debug_info.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>

namespace poise::profile::detail {
namespace {

constexpr std::size_t cached_at_most = 65536;

struct cache {
    std::mutex mutex;  // guards debug_info too
    std::unordered_map<std::uintptr_t, std::vector<source_frame>> frames;
    std::uint64_t loads_and_unloads = 0;
};

// Never destroyed: a report may be made while the program ends.
cache& known() {
    static cache* const made = new cache;
    return *made;
}

std::string demangled(std::string const& name) {
    if (!name.starts_with("_Z")) return name;
    int status = 0;
    std::unique_ptr<char, void (*)(void*)> const readable{abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                          std::free};
    return readable == nullptr ? name : readable.get();
}

// Where the function begins, as far as that can be told: its addresses then have one name.
std::string place_name(std::uintptr_t address, Dl_info const* module) {
    if (frame_row row; find_frame_row(address, row)) address = row.function_begin;
    std::ostringstream name;
    name << '[' << std::hex;
    if (module == nullptr || module->dli_fname == nullptr) {
        name << "0x" << address;
    } else {
        std::string_view const path = module->dli_fname;
        name << path.substr(path.rfind('/') + 1) << "+0x"
             << address - reinterpret_cast<std::uintptr_t>(module->dli_fbase);
    }
    name << ']';
    return name.str();
}

// Of the function as a whole, where debug information has no name for it.
std::string function_name(std::uintptr_t address) {
    if (std::string name = debug_info::symbol_at(address); !name.empty()) return name;
    Dl_info module{};
    if (::dladdr(reinterpret_cast<void*>(address), &module) == 0) return place_name(address, nullptr);
    return module.dli_sname != nullptr ? module.dli_sname : place_name(address, &module);
}

// How often shared objects came and went.
std::uint64_t loads_and_unloads() noexcept {
    std::uint64_t count = 0;
    auto const read = [](dl_phdr_info* info, std::size_t, void* to) {
        *static_cast<std::uint64_t*>(to) = info->dlpi_adds + info->dlpi_subs;
        return 1;
    };
    ::dl_iterate_phdr(read, &count);
    return count;
}

std::vector<source_frame> look_up(std::uintptr_t address) {
    std::vector<source_frame> frames = debug_info::frames_at(address);
    if (frames.empty()) frames.push_back({});
    // Debug information names what is local to a function without saying to which; the symbol table does.
    std::string& outermost = frames.back().function;
    if (!outermost.starts_with("_Z")) {
        std::string name = outermost.empty() ? function_name(address) : debug_info::symbol_at(address);
        if (outermost.empty() || name.starts_with("_Z")) outermost = std::move(name);
    }
    for (source_frame& frame : frames)
        frame.function = frame.function.empty() ? place_name(address, nullptr) : demangled(frame.function);
    return frames;
}

}  // namespace

std::vector<source_frame> symbolise(std::uintptr_t address) {
    cache& all = known();
    std::lock_guard const lock{all.mutex};
    // What was loaded or unloaded since may stand at addresses seen before.
    if (auto const now = loads_and_unloads(); now != all.loads_and_unloads) {
        all.frames.clear();
        debug_info::forget();
        all.loads_and_unloads = now;
    }
    if (auto const found = all.frames.find(address); found != all.frames.end()) return found->second;
    std::vector<source_frame> frames = look_up(address);
    if (all.frames.size() < cached_at_most) all.frames.emplace(address, frames);
    return frames;
}

std::string_view symbol_source() noexcept { return debug_info::source(); }

}  // namespace poise::profile::detail
