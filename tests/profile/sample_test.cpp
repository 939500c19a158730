// SPDX-License-Identifier: MIT
// Compiled with -g -O2 and without frame pointers, whatever the rest is: CMakeLists.txt.
#include "profile/remembered.hpp"
#include "profile/sampler.hpp"
#include "profile/symbols.hpp"
#include "support/expect_message.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/sample.hpp>

#include <gtest/gtest.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace poise::profile {
namespace sample_test {

double volatile sink = 0.0;

// Each step waits for the one before, so that the time is in proportion to n, however the processor orders the rest.
[[gnu::always_inline]] inline void work(long n) {
    double x = 1.0;
    for (long i = 0; i < n; ++i) {
        x = x * 1.0000001 + 1e-9;
        asm volatile("" : "+x"(x));
    }
    sink = x;
}

constexpr unsigned first_line = __LINE__;
[[gnu::noinline]] void takes_70() { work(70 * 500); }
[[gnu::noinline]] void takes_25() { work(25 * 500); }
[[gnu::noinline]] void takes_5() { work(5 * 500); }
constexpr unsigned last_line = __LINE__;

[[gnu::noinline]] void step() {
    for (int i = 0; i < 20; ++i) {
        takes_70();
        takes_25();
        takes_5();
    }
    asm volatile("" ::: "memory");
}

[[gnu::noinline]] void recurses(int depth) {
    if (depth == 0)
        work(100000);
    else
        recurses(depth - 1);
    asm volatile("" ::: "memory");
}

[[gnu::noinline]] void runs_on_another_thread() { work(1000000); }

}  // namespace sample_test

namespace {

using namespace sample_test;

#define POISE_NEEDS_SAMPLING() \
    if (std::string const why = detail::sampling_obstacle(); !why.empty()) GTEST_SKIP() << why
#define POISE_NEEDS_NAMES() \
    POISE_NEEDS_SAMPLING(); \
    if (detail::symbol_source() != "libbacktrace") GTEST_SKIP() << "functions: " << detail::symbol_source()

// How many samples come in depends on what else the machine does: asks for more time until there are enough.
template <class F>
auto sample_enough(F&& f, std::uint64_t samples) {
    double duration_s = 0.1;
    auto found = sample(f, {.min_duration_s = duration_s});
    while (found.root.total_samples < samples && duration_s < 20.0)
        found = sample(f, {.min_duration_s = duration_s *= 2.0});
    EXPECT_GE(found.root.total_samples, samples);
    return found;
}

function_statistics const* find(function_statistics const& below, std::string_view part) {
    if (below.where.function.find(part) != std::string::npos) return &below;
    for (function_statistics const& child : below.children)
        if (auto const* const found = find(child, part); found != nullptr) return found;
    return nullptr;
}

std::uint64_t self_samples(function_statistics const& below) {
    std::uint64_t sum = below.self_samples;
    for (function_statistics const& child : below.children) sum += self_samples(child);
    return sum;
}

std::string text_of(auto const& shown) {
    std::ostringstream text;
    text << shown;
    return text.str();
}

std::size_t longest_line(std::string const& text) {
    std::istringstream lines{text};
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);)
        longest = std::max(longest, static_cast<std::size_t>(std::ranges::count_if(
                                        line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; })));
    return longest;
}

// Work in proportion 70 : 25 : 5 gives samples in that proportion. Six standard deviations are left out once in 10⁹.
TEST(Sample, FindsTheSharesOfFunctions) {
    POISE_NEEDS_NAMES();
    sampled_run const found = sample_enough(step, 300);
    auto const n = static_cast<double>(found.root.total_samples);
    for (auto const& [name, share] : {std::pair{"takes_70", 0.70}, {"takes_25", 0.25}, {"takes_5", 0.05}}) {
        function_statistics const* const part = find(found.root, name);
        ASSERT_NE(part, nullptr) << name << '\n' << text_of(found);
        EXPECT_NEAR(static_cast<double>(part->total_samples) / n, share, 6.0 * std::sqrt(share * (1.0 - share) / n))
            << text_of(found);
    }
    EXPECT_EQ(self_samples(found.root), found.root.total_samples);
}

TEST(Sample, GivesATreeWithFilesAndLines) {
    POISE_NEEDS_NAMES();
    sampled_run const found = sample_enough(step, 100);
    // The callable stands at the root: neither what called sample() nor sample() itself does.
    ASSERT_FALSE(found.root.children.empty());
    EXPECT_NE(found.root.children.front().where.function.find("sample_test::step()"), std::string::npos)
        << text_of(found);
    function_statistics const* const part = find(found.root.children.front(), "takes_70");
    ASSERT_NE(part, nullptr) << text_of(found);
    function_statistics const* const inner = find(*part, "sample_test::work(");
    ASSERT_NE(inner, nullptr) << text_of(found);
    EXPECT_TRUE(inner->where.inlined);
    EXPECT_FALSE(part->where.inlined);
    EXPECT_GT(part->where.line, first_line);
    EXPECT_LT(part->where.line, last_line);
    EXPECT_TRUE(part->where.file.ends_with("sample_test.cpp")) << part->where.file;
    EXPECT_EQ(found.asked_hz, 997.0);
    EXPECT_GT(found.cpu_s, 0.0);
    EXPECT_GE(found.calls, 1U);
}

TEST(Sample, CountsRecursionOnce) {
    POISE_NEEDS_NAMES();
    sampled_run const found = sample_enough([] { recurses(30); }, 50);
    std::vector<bottleneck> const hot = found.bottlenecks(0.5, share_of::total);
    auto const itself = std::ranges::find_if(
        hot, [](bottleneck const& b) { return b.where.function.find("recurses") != std::string::npos; });
    ASSERT_NE(itself, hot.end()) << text_of(found);
    EXPECT_LE(itself->samples, found.root.total_samples);
    EXPECT_EQ(find(found.root, "[callers past 128 calls]"), nullptr);
}

TEST(Sample, ShowsWhereStacksWereTooDeep) {
    POISE_NEEDS_NAMES();
    sampled_run const found = sample_enough([] { recurses(300); }, 20);
    function_statistics const* const cut = find(found.root, "[callers past 128 calls]");
    ASSERT_NE(cut, nullptr) << text_of(found);
    EXPECT_NE(find(*cut, "recurses"), nullptr);
}

TEST(Sample, LooksAtOtherThreads) {
    POISE_NEEDS_NAMES();
    std::atomic<bool> quit{false};
    std::thread from_before{[&] {
        while (!quit) step();
    }};
    sampled_run const found = sample_enough(
        [] {
            std::thread{[] {
                for (int i = 0; i < 20; ++i) runs_on_another_thread();
            }}.join();
        },
        100);
    quit = true;
    from_before.join();
    EXPECT_NE(find(found.root, "takes_70"), nullptr) << text_of(found);
    EXPECT_NE(find(found.root, "runs_on_another_thread"), nullptr) << text_of(found);
}

TEST(Sample, KeepsTheProfileAndTheException) {
    auto const fails = []() -> int {
        for (int i = 0; i < 50; ++i) step();
        throw std::domain_error{"negative pressure"};
    };
    sampled_value<int> found = sample(fails);
    EXPECT_EQ(found.failure, "negative pressure");
    EXPECT_EQ(found.calls, 1U);
    EXPECT_FALSE(found.returned.has_value());
    EXPECT_THROW(found.rethrow_if_failed(), std::domain_error);
    EXPECT_THROW(static_cast<void>(found.value()), std::domain_error);
    EXPECT_NE(text_of(found).find("it ended with: negative pressure"), std::string::npos) << text_of(found);
    EXPECT_EQ(sample([] { throw 3; }).failure, "an exception that is no std::exception");
    if (detail::sampling_obstacle().empty()) {
        EXPECT_GT(found.root.total_samples, 0U);
    }
}

TEST(Sample, ReturnsWhatTheCallableReturns) {
    EXPECT_EQ(sample([] { return 42; }).value(), 42);
    EXPECT_EQ(*sample([] { return std::make_unique<int>(7); }).value(), 7);
    int number = 5;
    auto const by_reference = [&number]() -> int& { return number; };
    EXPECT_EQ(sample(by_reference).value(), 5);
    EXPECT_FALSE(sample([] {}).thrown);
}

TEST(Sample, CallsAgainUntilTheTimeIsOver) {
    int calls = 0;
    sampled_run const found = sample([&] { ++calls; }, {.min_duration_s = 0.01, .name = "often"});
    EXPECT_GT(calls, 1);
    EXPECT_EQ(found.calls, static_cast<std::uint64_t>(calls));
    EXPECT_GE(found.duration_s, 0.01);
    EXPECT_EQ(found.name, "often");
}

TEST(Sample, IsKeptForReportsWhileProfilingIsOn) {
    detail::forget();
    static_cast<void>(sample(takes_5, {.name = "off"}));
    enable();
    static_cast<void>(sample(takes_5, {.name = "on"}));
    disable();
    std::vector<sampled_profile> const kept = detail::take_remembered().samples;
    reset();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept.front().name, "on");
}

TEST(Sample, SaysWhyThereAreNoSamples) {
    sampled_run const found = sample([] {}, {.frequency_hz = 1});
    EXPECT_EQ(found.root.total_samples, 0U);
    EXPECT_TRUE(found.bottlenecks(0.05).empty());
    std::string const reason = detail::sampling_obstacle();
    EXPECT_NE(text_of(found).find(reason.empty() ? "sample_options::min_duration_s" : reason), std::string::npos)
        << text_of(found);
    EXPECT_LE(longest_line(text_of(found)), 80U) << text_of(found);
}

TEST(Sample, RefusesFrequenciesAndDurationsOutOfRange) {
    bool called = false;
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    for (double const hz : {0.0, -1.0, 0.5, 10000.5, nan, inf})
        poise_test::expect_message<std::invalid_argument>(
            [&] { static_cast<void>(sample([&] { called = true; }, {.frequency_hz = hz})); },
            "it must be from 1 to 10000 looks per second");
    poise_test::expect_message<std::invalid_argument>([] { static_cast<void>(sample([] {}, {.frequency_hz = 20000})); },
                                                      "frequency_hz is 20000;");
    for (double const seconds : {-1.0, nan, inf})
        poise_test::expect_message<std::invalid_argument>(
            [&] { static_cast<void>(sample([&] { called = true; }, {.min_duration_s = seconds})); }, "min_duration_s");
    EXPECT_FALSE(called);
}

TEST(Sample, RefusesASecondOneMeanwhile) {
    POISE_NEEDS_SAMPLING();
    auto const second = [] {
        poise_test::expect_message<std::invalid_argument>([] { static_cast<void>(sample([] { FAIL(); })); },
                                                          "sample one callable at a time");
    };
    sampled_run const first = sample([&] {
        second();
        std::thread{second}.join();
        step();
    });
    EXPECT_FALSE(first.thrown);
    EXPECT_FALSE(sample(step).thrown);  // and now another one may
}

std::size_t threads_now() {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{}));
}

extern "C" void some_handler(int) {}

// By default SIGPROF ends the process: one left over would end this test.
TEST(Sample, LeavesSignalsAndThreadsAsTheyWere) {
    sigset_t mask_before, mask_after, pending;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
    std::size_t const threads_before = threads_now();
    for (auto const handler : {SIG_DFL, SIG_IGN, &some_handler}) {
        struct sigaction before = {}, after = {};
        before.sa_handler = handler;
        ::sigaction(SIGPROF, &before, nullptr);
        for (int i = 0; i < 30; ++i) static_cast<void>(sample(takes_70, {.frequency_hz = 10000}));
        ::sigaction(SIGPROF, nullptr, &after);
        EXPECT_EQ(after.sa_handler, handler);
        ::sigpending(&pending);
        EXPECT_EQ(::sigismember(&pending, SIGPROF), 0);
    }
    ::signal(SIGPROF, SIG_DFL);
    step();
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
    EXPECT_EQ(::sigismember(&mask_after, SIGPROF), ::sigismember(&mask_before, SIGPROF));
    EXPECT_EQ(threads_now(), threads_before);
}

TEST(Sample, LeavesAHandlerAloneThatCameMeanwhile) {
    static_cast<void>(sample([] { ::signal(SIGPROF, some_handler); }));
    struct sigaction after = {};
    ::sigaction(SIGPROF, nullptr, &after);
    EXPECT_EQ(after.sa_handler, &some_handler);
    ::signal(SIGPROF, SIG_DFL);
}

TEST(Sample, WorksWhereTheSignalIsBlocked) {
    POISE_NEEDS_SAMPLING();
    sigset_t profiling, mask;
    ::sigemptyset(&profiling);
    ::sigaddset(&profiling, SIGPROF);
    ::pthread_sigmask(SIG_BLOCK, &profiling, nullptr);
    EXPECT_GT(sample_enough(step, 5).root.total_samples, 0U);
    ::pthread_sigmask(SIG_UNBLOCK, &profiling, &mask);
    EXPECT_EQ(::sigismember(&mask, SIGPROF), 1);
}

// Of 100 ms asleep some 100 signals wake; only those that come between two sleeps may count.
TEST(Sample, DoesNotCountSleep) {
    POISE_NEEDS_SAMPLING();
    sampled_run const found = sample([] {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});  // goes on after EINTR
        timespec left{0, 50'000'000};
        while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
        }
    });
    EXPECT_GE(found.duration_s, 0.1);
    EXPECT_LE(found.root.total_samples, 30U) << text_of(found);
}

TEST(Sample, EndsInAForkedChildWithoutASample) {
    POISE_NEEDS_SAMPLING();
    pid_t child = -1;
    sampled_run const found = sample([&] {
        step();
        child = ::fork();
        step();
    });
    if (child == 0) {
        bool const told = found.engine.find("fork()") != std::string::npos && found.root.total_samples == 0;
        bool const again = sample_enough(step, 5).root.total_samples >= 5;
        ::_exit(told && again ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_EQ(found.engine.find("fork()"), std::string::npos);
}

function_statistics function(std::string name, std::uint64_t self, std::vector<function_statistics> children = {}) {
    function_statistics made{{std::move(name), "solver.cpp", 12, false}, self, self, std::move(children)};
    for (function_statistics const& child : made.children) made.total_samples += child.total_samples;
    return made;
}

sampled_profile profile_of(std::vector<function_statistics> functions) {
    sampled_profile made;
    made.root = function("", 0, std::move(functions));
    made.root.where = {};
    made.duration_s = 2.0;
    made.cpu_s = 1.5;
    made.asked_hz = 997.0;
    made.engine = "synthetic";
    return made;
}

TEST(Bottlenecks, AreThoseAboveTheThresholdOrPerhapsSo) {
    sampled_profile const p =
        profile_of({function("main", 0, {function("a", 910), function("b", 60), function("c", 30)})});
    std::vector<bottleneck> const hot = p.bottlenecks(0.05);
    ASSERT_EQ(hot.size(), 2U);  // Wilson's interval of 30 of 1000 ends at 4.25 %
    EXPECT_EQ(hot[0].where.function, "a");
    EXPECT_EQ(hot[0].verdict, significance::above);
    EXPECT_DOUBLE_EQ(hot[0].max_speedup, 1.0 / (1.0 - 0.91));
    EXPECT_EQ(hot[0].more_samples, 0U);
    EXPECT_EQ(hot[1].where.function, "b");
    EXPECT_EQ(hot[1].verdict, significance::undecided);
    // z² · 0.05 · 0.95 / 0.01² = 1824.7
    EXPECT_EQ(hot[1].more_samples, 825U);
    EXPECT_DOUBLE_EQ(hot[1].more_s, 825 * 2.0 / 1000);
    EXPECT_EQ(text_of(hot[1]),
              "6.0 % (4.7 to 7.6), undecided at 5 %, 825 more samples or 1.650 s would tell: b, "
              "solver.cpp:12");
    EXPECT_EQ(text_of(hot[0]), "91.0 % (89.1 to 92.6), above 5 %, at most 11.1x faster without: a, solver.cpp:12");
}

// The same share of the least multiple of 1000 samples that is enough decides; of 1000 fewer it does not.
TEST(Bottlenecks, NeedAsManySamplesAsTheySay) {
    for (std::uint64_t const part : {45U, 60U, 63U}) {
        auto const profile_of_thousands = [part](std::uint64_t n) {
            return profile_of({function("a", n * (1000 - part)), function("b", n * part)});
        };
        auto const is_decided = [&](std::uint64_t thousands) {
            for (bottleneck const& b : profile_of_thousands(thousands).bottlenecks(0.05))
                if (b.where.function == "b") return b.verdict == significance::above;
            return true;  // below
        };
        bottleneck const b = profile_of_thousands(1).bottlenecks(0.05).at(1);
        ASSERT_EQ(b.verdict, significance::undecided) << part;
        std::uint64_t const enough = (1000 + b.more_samples + 999) / 1000;
        EXPECT_TRUE(is_decided(enough)) << part << ' ' << enough;
        EXPECT_FALSE(is_decided(enough - 1)) << part << ' ' << enough;
    }
}

TEST(Bottlenecks, NeverDecideWhatIsJustAtTheThreshold) {
    bottleneck const b = profile_of({function("a", 950), function("b", 50)}).bottlenecks(0.05)[1];
    EXPECT_EQ(b.more_samples, std::numeric_limits<std::uint64_t>::max());
    EXPECT_TRUE(std::isinf(b.more_s));
    EXPECT_NE(text_of(b).find("undecided at 5 %, its very share"), std::string::npos) << text_of(b);
}

TEST(Bottlenecks, JoinAFunctionFromAllItsCallers) {
    sampled_profile const p =
        profile_of({function("f", 1, {function("g", 400)}),
                    function("h", 2, {function("f", 3, {function("f", 94, {function("g", 500)})})})});
    std::vector<bottleneck> const self = p.bottlenecks(0.05);
    ASSERT_EQ(self.size(), 2U);
    EXPECT_EQ(self[0].where.function, "g");
    EXPECT_EQ(self[0].samples, 900U);
    EXPECT_EQ(self[1].where.function, "f");
    EXPECT_EQ(self[1].samples, 98U);
    std::vector<bottleneck> const total = p.bottlenecks(0.05, share_of::total);
    ASSERT_EQ(total.size(), 3U);
    EXPECT_EQ(total[0].where.function, "f");
    EXPECT_EQ(total[0].samples, 998U);  // 401 and 597: f within f once
    EXPECT_EQ(total[1].samples, 900U);
    EXPECT_EQ(total[2].samples, 599U);
}

TEST(Bottlenecks, RefuseAThresholdThatIsNoShare) {
    sampled_profile const p = profile_of({function("a", 1)});
    for (double const threshold : {0.0, 1.0, -0.1, 5.0, std::numeric_limits<double>::quiet_NaN()})
        poise_test::expect_message<std::invalid_argument>([&] { static_cast<void>(p.bottlenecks(threshold)); },
                                                          "it must be between 0 and 1");
}

TEST(SampledText, IsATree) {
    sampled_profile p = profile_of({function("main", 0, {function("fast", 3), function("slow", 997)})});
    p.name = "run";
    EXPECT_EQ(text_of(p),
              "sampled run: 1000 samples in 2.000 s, 1.500 s on processors; asked for 997 Hz\n"
              "synthetic\n"
              "total %  self %  function\n"
              "  100.0     0.0  main                                     solver.cpp:12\n"
              "   99.7    99.7   slow                                    solver.cpp:12\n"
              "    0.3           … 1 more\n");
}

TEST(SampledText, FoldsCallsByItself) {
    function_statistics f = function("f", 10, {function("g", 5)});
    for (int i = 0; i < 99; ++i) f = function("f", 0, {f});
    EXPECT_NE(text_of(profile_of({f})).find("f x100 "), std::string::npos) << text_of(profile_of({f}));
}

TEST(SampledText, IsAtMost80ColumnsWide) {
    std::string const long_name =
        "std::vector<std::pair<int, äöü>>::insert(std::vector<int>, int, int, int)" + std::string(80, 'x');
    function_statistics f = function(long_name, 1);
    f.where.file = "/somewhere/" + std::string(100, 'y') + ".cpp";
    for (int i = 0; i < 60; ++i) f = function(std::to_string(i) + long_name, 1, {f});
    sampled_profile p = profile_of({f});
    p.name = std::string(100, 'n');
    p.failure = std::string(100, 'f') + "\x1b[31m";
    p.lost_samples = 12345;
    EXPECT_LE(longest_line(text_of(p)), 80U) << text_of(p);
    EXPECT_EQ(text_of(p).find('\x1b'), std::string::npos);
    EXPECT_NE(text_of(p).find("12345 samples found no room"), std::string::npos);
}

}  // namespace
}  // namespace poise::profile
