// SPDX-License-Identifier: MIT
#include "chip_thermal/progress_bar.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using chip_thermal::progress_bar;

// Sets a variable of the environment, or removes it (nullptr), until the end of the scope.
class environment {
public:
    environment(char const* name, char const* value) : name_{name} {
        char const* const before = std::getenv(name);
        had_ = before != nullptr;
        if (had_) before_ = before;
        value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
    }
    ~environment() { had_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
    environment(environment const&) = delete;
    environment& operator=(environment const&) = delete;

private:
    char const* name_;
    bool had_;
    std::string before_;
};

// Two ends; what is written to one is read from the other.
struct channel {
    int read_end = -1;
    int write_end = -1;
    ~channel() {
        ::close(read_end);
        ::close(write_end);
    }
    std::string received() const {
        ::fcntl(read_end, F_SETFL, O_NONBLOCK);
        std::string text;
        std::array<char, 4096> chunk;
        for (ssize_t n = 0; (n = ::read(read_end, chunk.data(), chunk.size())) > 0;)
            text.append(chunk.data(), static_cast<std::size_t>(n));
        return text;
    }
};
struct pipe_channel : channel {
    pipe_channel() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw std::runtime_error{"no pipe"};
        read_end = ends[0];
        write_end = ends[1];
    }
};
struct terminal : channel {
    explicit terminal(unsigned short columns) {
        winsize size{};
        size.ws_row = 24;
        size.ws_col = columns;
        if (::openpty(&read_end, &write_end, nullptr, nullptr, &size) != 0) throw std::runtime_error{"no terminal"};
    }
};

// Some containers have no /dev/pts, so no terminal can be made in them.
class ProgressBarOnATerminal : public testing::Test {
protected:
    void SetUp() override {
        int const trial = ::posix_openpt(O_RDWR | O_NOCTTY);
        if (trial < 0) GTEST_SKIP() << "no pseudo-terminals here";
        ::close(trial);
    }
};

// What one update and the end of the bar write.
std::string drawn(channel const& where, std::size_t done, std::size_t total) {
    { progress_bar{"solving", where.write_end}.update(done, total); }
    return where.received();
}

TEST(ProgressBar, WritesNothingWhereThereIsNoTerminal) {
    environment const terminal_type{"TERM", "xterm"};
    EXPECT_EQ(drawn(pipe_channel{}, 1, 2), "");
}

TEST_F(ProgressBarOnATerminal, WritesNothingWhenItCannotErase) {
    terminal const where{80};
    for (char const* type : {"dumb", static_cast<char const*>(nullptr)}) {
        environment const terminal_type{"TERM", type};
        EXPECT_EQ(drawn(where, 1, 2), "");
    }
}

TEST_F(ProgressBarOnATerminal, DrawsAndErasesItsLine) {
    environment const terminal_type{"TERM", "xterm"};
    environment const no_color{"NO_COLOR", "1"};
    // 30 columns: label 7, " [" 2, "]" 1, " 5/10" 5, one left free: 14 for the bar.
    EXPECT_EQ(drawn(terminal{30}, 5, 10), "\r\x1b[2Ksolving [=======       ] 5/10\r\x1b[2K");
}

TEST_F(ProgressBarOnATerminal, HasColourUnlessForbidden) {
    environment const terminal_type{"TERM", "xterm"};
    for (char const* unset : {static_cast<char const*>(nullptr), ""}) {
        environment const no_color{"NO_COLOR", unset};
        EXPECT_NE(drawn(terminal{80}, 1, 2).find("\x1b[32m"), std::string::npos);
    }
    environment const no_color{"NO_COLOR", "1"};
    EXPECT_EQ(drawn(terminal{80}, 1, 2).find("\x1b[32m"), std::string::npos);
}

TEST_F(ProgressBarOnATerminal, FitsNarrowTerminals) {
    environment const terminal_type{"TERM", "xterm"};
    EXPECT_EQ(drawn(terminal{10}, 5, 10), "\r\x1b[2K 5/10\r\x1b[2K");
    EXPECT_EQ(drawn(terminal{3}, 5, 10), "\r\x1b[2K 5\r\x1b[2K");
}

TEST_F(ProgressBarOnATerminal, DrawsNothingOfNothing) {
    environment const terminal_type{"TERM", "xterm"};
    EXPECT_EQ(drawn(terminal{80}, 0, 0), "");
}

TEST_F(ProgressBarOnATerminal, DrawsAtMostTenTimesASecondFromAnyNumberOfThreads) {
    environment const terminal_type{"TERM", "xterm"};
    terminal const where{80};
    auto const start = std::chrono::steady_clock::now();
    {
        progress_bar bar{"solving", where.write_end};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (std::size_t i = 1; i <= 1000; ++i) bar.update(i, 1000);
            });
        for (auto& thread : threads) thread.join();
    }
    auto const tenths = (std::chrono::steady_clock::now() - start) / std::chrono::milliseconds{100};
    auto const text = where.received();
    std::ptrdiff_t n_drawn = 0;
    for (std::size_t i = text.find("solving"); i != std::string::npos; i = text.find("solving", i + 1)) ++n_drawn;
    EXPECT_GE(n_drawn, 1);
    EXPECT_LE(n_drawn, tenths + 1);
    EXPECT_TRUE(text.ends_with("\r\x1b[2K"));
}

}  // namespace
