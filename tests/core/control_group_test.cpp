// SPDX-License-Identifier: MIT
#include "core/control_group.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace {

using poise::detail::control_group_room;
using poise::detail::unlimited_memory;
using poise_test::temporary_folder;

// The files of /sys/fs/cgroup and /proc/self/cgroup, written as the kernel would.
struct groups {
    temporary_folder folder;

    void version_1(std::string const& path, std::uint64_t limit, std::uint64_t usage,
                   std::uint64_t inactive_files) const {
        auto const group = make("memory" + path);
        folder.write(group + "/memory.limit_in_bytes", std::to_string(limit) + "\n");
        folder.write(group + "/memory.usage_in_bytes", std::to_string(usage) + "\n");
        folder.write(group + "/memory.stat", "cache 7\ninactive_file 1\ntotal_inactive_file " +
                                                 std::to_string(inactive_files) + "\ntotal_unevictable 0\n");
    }
    void version_2(std::string const& path, std::string const& limit, std::uint64_t usage,
                   std::uint64_t inactive_files) const {
        auto const group = make("." + path);
        folder.write(group + "/memory.max", limit + "\n");
        folder.write(group + "/memory.current", std::to_string(usage) + "\n");
        folder.write(group + "/memory.stat",
                     "anon 5\ninactive_file " + std::to_string(inactive_files) + "\nactive_file 3\n");
    }
    std::uint64_t room(std::string const& membership) const {
        return control_group_room(folder.write("membership", membership), folder.path());
    }

private:
    std::string make(std::string const& name) const {
        std::filesystem::create_directories(folder.path(name));
        return name;
    }
};

TEST(ControlGroup, NothingLimitsAProcessWithoutGroups) {
    groups const g;
    EXPECT_EQ(g.room(""), unlimited_memory);
    EXPECT_EQ(g.room("0::/\n"), unlimited_memory);
    EXPECT_EQ(g.room("0::/user.slice/absent.scope\n3:cpu,cpuacct:/a\nnonsense\n"), unlimited_memory);
    EXPECT_EQ(control_group_room(g.folder.path("absent"), g.folder.path()), unlimited_memory);
}

TEST(ControlGroup, RoomIsLimitMinusUse) {
    groups const one;
    one.version_1("/job", 1000, 300, 0);
    EXPECT_EQ(one.room("9:name=systemd:/job\n4:memory:/job\n"), 700U);
    groups const two;
    two.version_2("/job", "1000", 300, 0);
    EXPECT_EQ(two.room("0::/job\n"), 700U);
}

TEST(ControlGroup, ControllersMayShareAHierarchy) {
    groups const g;
    g.version_1("/job", 1000, 300, 0);
    EXPECT_EQ(g.room("4:cpuset,memory,pids:/job\n"), 700U);
    EXPECT_EQ(g.room("4:memoryless:/job\n"), unlimited_memory);
}

TEST(ControlGroup, CachedFilesDoNotCountAsInUse) {
    groups const one;
    one.version_1("/job", 1000, 990, 600);
    EXPECT_EQ(one.room("4:memory:/job\n"), 610U);
    groups const two;
    two.version_2("/job", "1000", 990, 600);
    EXPECT_EQ(two.room("0::/job\n"), 610U);
    two.version_2("/job", "1000", 500, 600);  // the two files are read one after the other and may disagree
    EXPECT_EQ(two.room("0::/job\n"), 1000U);
}

TEST(ControlGroup, AGroupPastItsLimitHasNoRoom) {
    groups const g;
    g.version_2("/job", "1000", 1200, 0);
    EXPECT_EQ(g.room("0::/job\n"), 0U);
}

TEST(ControlGroup, GroupsAboveLimitToo) {
    groups const g;
    g.version_2("", "9000", 0, 0);
    g.version_2("/slice", "1000", 400, 0);
    g.version_2("/slice/job", "max", 100, 0);
    EXPECT_EQ(g.room("0::/slice/job\n"), 600U);
    g.version_2("/slice/job", "150", 100, 0);
    EXPECT_EQ(g.room("0::/slice/job\n"), 50U);
}

TEST(ControlGroup, InAContainerTheTopOfTheMountIsItsOwn) {
    groups const g;
    g.version_1("", 1000, 100, 0);
    EXPECT_EQ(g.room("4:memory:/docker/0123abc\n"), 900U);
}

TEST(ControlGroup, TheSmallerRoomOfBothVersionsCounts) {
    groups const g;
    g.version_1("/job", 1000, 100, 0);
    g.version_2("/job", "500", 100, 0);
    EXPECT_EQ(g.room("4:memory:/job\n0::/job\n"), 400U);
}

}  // namespace
