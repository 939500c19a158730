// SPDX-License-Identifier: MIT
#include "core/control_group.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>

namespace poise::detail {
namespace {

struct group_files {
    char const* limit;
    char const* usage;
    char const* droppable;  // the name in memory.stat, which counts the groups below too
};
constexpr group_files version_1{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file"};
constexpr group_files version_2{"/memory.max", "/memory.current", "inactive_file"};

// "max" does not parse, which means no limit.
std::optional<std::uint64_t> number_in(std::string const& path) {
    std::ifstream file{path};
    std::uint64_t value = 0;
    if (file >> value) return value;
    return std::nullopt;
}

std::uint64_t room_in(std::string const& folder, group_files const& files) {
    auto const limit = number_in(folder + files.limit);
    auto const usage = number_in(folder + files.usage);
    if (!limit || !usage) return unlimited_memory;
    std::uint64_t const droppable = value_of(folder + "/memory.stat", files.droppable);
    std::uint64_t const in_use = *usage - std::min(*usage, droppable);
    return *limit - std::min(*limit, in_use);
}

// In a container the path is often the one outside, and only the top of the mount exists: absent folders limit nothing.
std::uint64_t room_up_from(std::string path, std::string const& mount, group_files const& files) {
    std::uint64_t room = unlimited_memory;
    for (;;) {
        room = std::min(room, room_in(mount + path, files));
        auto const slash = path.rfind('/');
        if (slash == std::string::npos) return room;
        path.resize(slash);
    }
}

}  // namespace

std::uint64_t control_group_room(std::string const& membership, std::string const& mount) {
    std::uint64_t room = unlimited_memory;
    std::ifstream groups{membership};
    for (std::string line; std::getline(groups, line);) {  // "4:memory,other:/path" in version 1, "0::/path" in 2
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        auto const controllers = concat(',', line.substr(first + 1, second - first - 1), ',');
        auto const path = line.substr(second + 1);
        if (controllers == ",,") room = std::min(room, room_up_from(path, mount, version_2));
        if (controllers.find(",memory,") != std::string::npos)
            room = std::min(room, room_up_from(path, mount + "/memory", version_1));
    }
    return room;
}

std::uint64_t value_of(std::string const& path, std::string const& name) {
    std::ifstream file{path};
    for (std::string word; file >> word;) {
        std::uint64_t value = 0;
        if (word == name && file >> value) return value;
        file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return 0;
}

}  // namespace poise::detail
