// SPDX-License-Identifier: MIT
// Private to src/: the memory that control groups (containers, systemd slices) leave to this process.
#pragma once

#include <cstdint>
#include <string>

namespace poise::detail {

/// What is reported where nothing limits the process.
inline constexpr std::uint64_t unlimited_memory = std::uint64_t{1} << 63;

/// The smallest room, limit minus what is in use, over the group of this process and the groups above it, in version 1
/// and 2 of the control groups. Pages of files the kernel drops first (inactive_file) do not count as in use: after
/// reading a large file a group is full of them, and an allocation still succeeds.
/// membership: as /proc/self/cgroup; mount: as /sys/fs/cgroup.
[[nodiscard]] std::uint64_t control_group_room(std::string const& membership, std::string const& mount);

/// The number after `name` in a file of lines "name number ...", 0 where there is none.
[[nodiscard]] std::uint64_t value_of(std::string const& path, std::string const& name);

}  // namespace poise::detail
