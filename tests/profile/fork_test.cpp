// SPDX-License-Identifier: MIT
// Other people's fork handlers run while the profiler holds its locks: what they allocate and enter must not wait for
// them.
#include "profiled.hpp"

#include <poise/profile/memory.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>
#include <string>
#include <thread>

namespace poise::profile {
namespace {

bool handlers_work = false;

void work() {
    if (!handlers_work) return;
    void* (*const volatile allocate)(std::size_t) = ::operator new;
    for (int i = 0; i < 20; ++i) ::operator delete(allocate(1 << 20));  // looked at, every one or two
    scope const timing{"in a handler, " + std::to_string(::getpid())};  // a name that is new
}

// Before the profiler's own are registered, by the first enable(): so these run within them.
[[maybe_unused]] bool const registered = ::pthread_atfork(work, work, work) == 0;

// The child's word: 0 when all is well. A child that hangs is ended by its alarm.
int status_of_child(bool (*is_right)()) {
    pid_t const child = ::fork();
    if (child == 0) {
        ::alarm(20);
        ::_exit(is_right() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

using forks = profiled;

TEST_F(forks, WithHandlersThatAllocateAndEnterScopesDoNotHang) {
    enable({.memory = true});
    scope const outer{"outer"};
    handlers_work = true;
    int const status = status_of_child([] {
        { scope const timing{"child"}; }
        return report().find("outer/child") != nullptr;
    });
    handlers_work = false;
    EXPECT_EQ(status, 0);
    { scope const timing{"parent"}; }
    EXPECT_NE(report().find("outer/parent"), nullptr);
}

TEST_F(forks, CountAllocationsOfTheChildFromTheForkOn) {
    if (!hooks_in_effect()) GTEST_SKIP() << "a sanitizer owns the heap";
    enable({.memory = true});
    std::thread{[] {
        void* (*const volatile allocate)(std::size_t) = ::operator new;
        for (int i = 0; i < 10'000; ++i) ::operator delete(allocate(10));
    }}.join();
    reset();
    EXPECT_EQ(status_of_child([] { return process_memory_usage().allocations < 1000; }), 0);
}

}  // namespace
}  // namespace poise::profile
