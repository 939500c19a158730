// SPDX-License-Identifier: MIT
// What all writers have in common: a whole file or nothing.
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/grid.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <functional>

namespace poise::grid {
namespace {

using poise_test::content_of;
using poise_test::expect_message;

struct writer {
    char const* name;
    std::function<void(std::string const&)> write;
};

// Large and rough enough for each file to exceed the limit below.
field<2> const rough =
    sample(cartesian<2>{{.cells = {150, 150}}}, [](double x, double y) { return 1 / (x * y + 1e-3); });
field<1> const line = sample(cartesian<1>{{.cells = {1000}}}, [](double x) { return x * x; });

class EveryWriter : public testing::TestWithParam<writer> {
protected:
    poise_test::temporary_folder const folder;
    void write(std::string const& path) { GetParam().write(path); }
};

TEST_P(EveryWriter, NamesTheFileItCannotMake) {
    std::string const path = folder.path("missing/u");
    expect_message<file_error>([&] { write(path); }, path);
    EXPECT_EQ(folder.n_entries(), 0);
}

TEST_P(EveryWriter, RefusesAFolder) {
    std::filesystem::create_directory(folder.path("u"));
    expect_message<file_error>([&] { write(folder.path("u")); }, "is a folder");
    EXPECT_TRUE(std::filesystem::is_directory(folder.path("u")));
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST_P(EveryWriter, ReplacesAnOlderFile) {
    std::ofstream{folder.path("u")} << "old";
    write(folder.path("u"));
    std::string const first = content_of(folder.path("u"));
    EXPECT_GT(first.size(), 100U);
    write(folder.path("u"));
    EXPECT_EQ(content_of(folder.path("u")), first);
    EXPECT_EQ(folder.n_entries(), 1);
}

// A file system that fills up, played by the process' limit on the size of files.
class file_size_limit {
public:
    explicit file_size_limit(rlim_t bytes) : old_handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        rlimit const limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }
    file_size_limit(file_size_limit const&) = delete;
    file_size_limit& operator=(file_size_limit const&) = delete;

private:
    rlimit old_{};
    void (*old_handler_)(int);
};

TEST_P(EveryWriter, LeavesTheOldFileWhenTheDiskIsFull) {
    std::ofstream{folder.path("u")} << "old";
    int error_number = 0;
    {
        file_size_limit const limit{1000};
        try {
            write(folder.path("u"));
        } catch (file_error const& thrown) {
            error_number = thrown.error_number();
        }
    }
    EXPECT_EQ(error_number, EFBIG);
    EXPECT_EQ(content_of(folder.path("u")), "old");
    EXPECT_EQ(folder.n_entries(), 1);
}

INSTANTIATE_TEST_SUITE_P(Files, EveryWriter,
                         testing::Values(writer{"npy", [](std::string const& path) { write_npy(path, rough); }},
                                         writer{"vti", [](std::string const& path) { write_vti(path, rough); }},
                                         writer{"csv", [](std::string const& path) { write_csv(path, rough); }},
                                         writer{"png", [](std::string const& path) { write_png(path, rough); }},
                                         writer{"png_of_a_line",
                                                [](std::string const& path) { write_png(path, line); }}),
                         [](auto const& about) { return std::string{about.param.name}; });

}  // namespace
}  // namespace poise::grid
