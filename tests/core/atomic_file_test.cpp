// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/error.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

using poise::atomic_file;
using poise::file_error;
using poise::write_file;
using poise_test::content_of;
using poise_test::message_of;
using poise_test::temporary_folder;

// What a write of three megabytes looks like: no two neighbouring blocks alike.
std::string large_content() {
    std::string content;
    while (content.size() < 3'000'000) content += std::to_string(content.size()) + '\n';
    return content;
}

// Until the end of the scope no file may grow past `bytes`, and a write that tries fails instead of ending the process.
class limited_file_size {
public:
    explicit limited_file_size(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        rlimit const limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~limited_file_size() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    limited_file_size(limited_file_size const&) = delete;
    limited_file_size& operator=(limited_file_size const&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

TEST(AtomicFile, WritesAndReplacesWholeFiles) {
    temporary_folder const folder;
    auto const path = folder.path("u.csv");
    write_file(path, "first");
    EXPECT_EQ(content_of(path), "first");
    write_file(path, "");
    EXPECT_EQ(content_of(path), "");
    write_file(path, std::string{"bin\0ary\n", 8});
    EXPECT_EQ(content_of(path), (std::string{"bin\0ary\n", 8}));
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, JoinsTextAndBytes) {
    temporary_folder const folder;
    auto const path = folder.path("mixed");
    std::vector<std::byte> const bytes{std::byte{0}, std::byte{255}};
    atomic_file file{path};
    EXPECT_EQ(file.path(), path);
    file.write("head");
    file.write(std::span{bytes});
    file.write("");
    EXPECT_FALSE(std::filesystem::exists(path));
    file.commit();
    EXPECT_EQ(content_of(path), (std::string{"head\0\xff", 6}));
}

TEST(AtomicFile, WritesMegabytesInOneOrManyPieces) {
    temporary_folder const folder;
    auto const content = large_content();
    write_file(folder.path("whole"), content);
    EXPECT_EQ(content_of(folder.path("whole")), content);
    atomic_file file{folder.path("pieces")};
    for (std::size_t start = 0; start < content.size(); start += 12'345) file.write(content.substr(start, 12'345));
    file.commit();
    EXPECT_EQ(content_of(folder.path("pieces")), content);
}

TEST(AtomicFile, WithoutCommitNothingHappened) {
    temporary_folder const folder;
    auto const path = folder.write("kept", "old");
    {
        atomic_file replacing{path};
        replacing.write(large_content());
        atomic_file creating{folder.path("new")};
        creating.write("half");
    }
    EXPECT_EQ(content_of(path), "old");
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, KeepsThePermissionsOfTheFileItReplaces) {
    temporary_folder const folder;
    auto const path = folder.write("secret", "old");
    ::chmod(path.c_str(), 0640);
    write_file(path, "new");
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST(AtomicFile, IsOverAfterCommit) {
    temporary_folder const folder;
    auto const path = folder.path("u");
    atomic_file file{path};
    file.write("all");
    file.commit();
    auto const expected = path + ": was already committed or given up; write a new atomic_file";
    EXPECT_EQ(message_of<file_error>([&] { file.write("more"); }), expected);
    EXPECT_EQ(message_of<file_error>([&] { file.commit(); }), expected);
    EXPECT_EQ(content_of(path), "all");
}

TEST(AtomicFile, RefusesToReplaceWhatIsNoRegularFile) {
    temporary_folder const folder;
    auto const target = folder.write("target", "old");
    auto const link = folder.path("link");
    std::filesystem::create_symlink(target, link);
    EXPECT_EQ(message_of<file_error>([&] { write_file(link, "new"); }),
              link + ": is not a regular file and is not replaced");
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(content_of(target), "old");
    auto const dangling = folder.path("dangling");
    std::filesystem::create_symlink(folder.path("nowhere"), dangling);
    EXPECT_EQ(message_of<file_error>([&] { write_file(dangling, "new"); }),
              dangling + ": is not a regular file and is not replaced");
    EXPECT_EQ(message_of<file_error>([&] { write_file(folder.path(), "new"); }),
              folder.path() + ": is a folder; give a file name");
    EXPECT_EQ(message_of<file_error>([&] { write_file("/dev/null", "new"); }),
              "/dev/null: is not a regular file and is not replaced");
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
    EXPECT_EQ(folder.n_entries(), 3);
}

TEST(AtomicFile, RefusesAFolderThatAppearedMeanwhile) {
    temporary_folder const folder;
    auto const path = folder.path("u");
    {
        atomic_file file{path};
        file.write("new");
        std::filesystem::create_directory(path);
        EXPECT_EQ(message_of<file_error>([&] { file.commit(); }), path + ": is a folder; give a file name");
    }
    EXPECT_TRUE(std::filesystem::is_directory(path));
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, SaysWhyAFileCannotBeCreated) {
    temporary_folder const folder;
    auto const under_file = folder.write("file", "") + "/u";
    EXPECT_EQ(message_of<file_error>([&] { atomic_file{under_file}; }),
              under_file + ": cannot be created: Not a directory");
    auto const in_missing_folder = folder.path("missing/u");
    try {
        atomic_file{in_missing_folder};
        FAIL() << "no error";
    } catch (file_error const& error) {
        EXPECT_EQ(std::string{error.what()}, in_missing_folder + ": cannot be created: No such file or directory");
        EXPECT_EQ(error.path(), in_missing_folder);
        EXPECT_EQ(error.error_number(), ENOENT);
    }
    EXPECT_EQ(message_of<file_error>([] { atomic_file{""}; }), "(empty path): a file name is needed");
}

TEST(AtomicFile, WritesIntoTheWorkingFolderAndNowhereElse) {
    temporary_folder const folder;
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    EXPECT_NO_THROW(write_file("bare", "content"));
    std::filesystem::current_path(before);
    EXPECT_EQ(content_of(folder.path("bare")), "content");
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, AFullDiskLeavesTheOldFile) {
    temporary_folder const folder;
    auto const path = folder.write("u", "old");
    auto const content = large_content();
    {
        limited_file_size const limit{1'000'000};
        atomic_file file{path};
        EXPECT_EQ(message_of<file_error>([&] { file.write(content); }), path + ": cannot be written: File too large");
        EXPECT_EQ(message_of<file_error>([&] { file.commit(); }),
                  path + ": was already committed or given up; write a new atomic_file");
    }
    EXPECT_EQ(content_of(path), "old");
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, ReadersAndRivalWritersSeeWholeContents) {
    temporary_folder const folder;
    auto const path = folder.path("u");
    constexpr std::size_t size = 300'000;
    auto const is_whole = [](std::string const& content) {
        return content.size() == size &&
               std::ranges::all_of(content, [&](char letter) { return letter == content[0]; });
    };
    write_file(path, std::string(size, 'a'));
    std::atomic<bool> all_written{false};
    std::vector<std::thread> writers;
    for (char const letter : {'b', 'c', 'd', 'e'})
        writers.emplace_back([&, letter] {
            for (int i = 0; i < 10; ++i) write_file(path, std::string(size, letter));
        });
    std::thread reader{[&] {
        while (!all_written) EXPECT_TRUE(is_whole(content_of(path)));
    }};
    for (auto& writer : writers) writer.join();
    all_written = true;
    reader.join();
    EXPECT_TRUE(is_whole(content_of(path)));
    EXPECT_NE(content_of(path)[0], 'a');
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, RefusesNamesThatEndBeforeTheirEnd) {
    poise_test::temporary_folder const folder;
    std::string const path = folder.path("a") + std::string("\0b.txt", 6);
    EXPECT_NE(message_of<file_error>([&] { write_file(path, "text"); }).find("NUL"), std::string::npos);
    EXPECT_EQ(folder.n_entries(), 0);
}

}  // namespace
