// SPDX-License-Identifier: MIT
#include "profile/metric_shards.hpp"
#include "support/message_of.hpp"

#include <poise/profile/metrics.hpp>

#include <gtest/gtest.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

using poise_test::message_of;

TEST(Metrics, CountExactlyOnManyThreads) {
    metrics_registry registry;
    constexpr int n_threads = 8, per_thread = 10000;
    std::vector<std::thread> threads;
    for (int t = 0; t < n_threads; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < per_thread; ++i) {
                registry.counter("events").add();
                registry.gauge("level").add(0.5);
            }
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(registry.counter("events").value(), static_cast<std::uint64_t>(n_threads * per_thread));
    EXPECT_EQ(registry.gauge("level").value(), 0.5 * n_threads * per_thread);  // exact in binary
}

TEST(Metrics, KeepTheirAddress) {
    metrics_registry registry;
    counter& first = registry.counter("first");
    for (int i = 0; i < 1000; ++i) registry.counter("c" + std::to_string(i)).add();
    EXPECT_EQ(&registry.counter("first"), &first);
}

TEST(Metrics, SnapshotIsSortedByName) {
    metrics_registry registry;
    registry.counter("b.hits").add(3);
    registry.gauge("a.bytes").set(2.5);
    registry.counter("c").add();
    metrics_snapshot const expected{
        {"a.bytes", metric_kind::gauge, 2.5}, {"b.hits", metric_kind::counter, 3.0}, {"c", metric_kind::counter, 1.0}};
    EXPECT_EQ(registry.snapshot(), expected);
}

TEST(Metrics, DifferenceSubtractsCountersAndKeepsGauges) {
    metrics_registry registry;
    registry.counter("hits").add(10);
    registry.gauge("bytes").set(1.0);
    auto const earlier = registry.snapshot();
    registry.counter("hits").add(5);
    registry.gauge("bytes").set(7.0);
    registry.counter("new").add(2);
    metrics_snapshot const expected{
        {"bytes", metric_kind::gauge, 7.0}, {"hits", metric_kind::counter, 5.0}, {"new", metric_kind::counter, 2.0}};
    EXPECT_EQ(difference(registry.snapshot(), earlier), expected);
}

TEST(Metrics, ResetBetweenSnapshotsCountsFromTheReset) {
    metrics_registry registry;
    counter& hits = registry.counter("hits");
    hits.add(10);
    auto const earlier = registry.snapshot();
    registry.reset();
    EXPECT_EQ(hits.value(), 0U);
    hits.add(4);
    EXPECT_EQ(difference(registry.snapshot(), earlier).at(0).value, 4.0);
}

TEST(Metrics, RefuseNamesOutsideTheAlphabet) {
    metrics_registry registry;
    for (std::string const name : {"", "Hits", "cache hits", "cache/hits", "caché", "a\"b"}) {
        auto const message = message_of<std::invalid_argument>([&] { static_cast<void>(registry.counter(name)); });
        EXPECT_EQ(message, "metric name '" + name + "' is not made of a-z, 0-9, '_' and '.'");
    }
    EXPECT_TRUE(registry.snapshot().empty());
}

TEST(Metrics, RefuseANameOfAnotherKind) {
    metrics_registry registry;
    registry.counter("hits").add();
    EXPECT_EQ(message_of<std::invalid_argument>([&] { registry.gauge("hits").set(1.0); }),
              "metric 'hits' is a counter and was asked for as a gauge; use another name");
}

TEST(Counters, KeepWhatEndedThreadsCounted) {
    metrics_registry registry;
    counter& events = registry.counter("events");
    for (std::uint64_t i = 1; i <= 200; ++i) {
        std::thread{[&] { events.add(i); }}.join();
        ASSERT_EQ(events.value(), i * (i + 1) / 2);
    }
}

// Shards of ended threads are taken over: as many threads one after the other need no more memory than one.
TEST(Counters, ReuseTheShardsOfEndedThreads) {
    metrics_registry registry;
    counter& events = registry.counter("events");
    auto const count_shards = [] {
        std::size_t n = 0;
        for (auto const* t = detail::first_shards(); t != nullptr; t = t->next_made) ++n;
        return n;
    };
    std::thread{[&] { events.add(); }}.join();
    std::size_t const before = count_shards();
    for (int i = 0; i < 100; ++i) std::thread{[&] { events.add(); }}.join();
    EXPECT_EQ(count_shards(), before);
    EXPECT_EQ(events.value(), 101U);
}

// What is read while threads count never goes back, and never beyond what was begun.
TEST(Counters, AreExactWhileThreadsComeAndGo) {
    metrics_registry registry;
    counter& events = registry.counter("events");
    std::atomic<std::uint64_t> begun{0};
    std::atomic<int> n_running{4};
    std::vector<std::thread> starters;
    for (int s = 0; s < 4; ++s)
        starters.emplace_back([&] {
            for (int generation = 0; generation < 20; ++generation)
                std::thread{[&] {
                    for (int i = 0; i < 500; ++i) {
                        begun.fetch_add(3);
                        events.add(3);
                    }
                }}.join();
            --n_running;
        });
    std::uint64_t seen = 0;
    while (n_running != 0) {
        std::uint64_t const now = events.value();
        ASSERT_GE(now, seen);
        ASSERT_LE(now, begun.load());
        seen = now;
    }
    for (auto& s : starters) s.join();
    EXPECT_EQ(events.value(), 4U * 20 * 500 * 3);
}

// Increments that run beside resets belong to one interval each: what resets took away and what is left add up.
TEST(Counters, LoseNothingBesideResets) {
    metrics_registry registry;
    counter& events = registry.counter("events");
    std::atomic<bool> done{false};
    std::thread counting{[&] {
        for (int i = 0; i < 100000; ++i) events.add();
        done = true;
    }};
    while (!done) {
        registry.reset();
        ASSERT_LE(events.value(), 100000U);
    }
    counting.join();
    registry.reset();
    EXPECT_EQ(events.value(), 0U);
    events.add(7);
    EXPECT_EQ(events.value(), 7U);
}

TEST(Counters, WrapLikeUnsignedNumbers) {
    metrics_registry registry;
    counter& events = registry.counter("events");
    events.add(~std::uint64_t{0});
    events.add(3);
    EXPECT_EQ(events.value(), 2U);
    registry.reset();
    events.add(5);
    EXPECT_EQ(events.value(), 5U);
}

TEST(Counters, BeyondTheFastOnesCountAsWell) {
    metrics_registry registry;
    std::vector<counter*> all;
    for (unsigned i = 0; i < detail::n_fast_counters + 50; ++i)
        all.push_back(&registry.counter("c" + std::to_string(i)));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (counter* c : all) c->add(2);
        });
    for (auto& t : threads) t.join();
    for (counter const* c : all) ASSERT_EQ(c->value(), 8U);
    registry.reset();
    for (counter const* c : all) ASSERT_EQ(c->value(), 0U);
    all.back()->add();
    EXPECT_EQ(all.back()->value(), 1U);
}

TEST(Counters, StartAtZeroInASlotThatWasUsedBefore) {
    for (int round = 0; round < 3; ++round) {
        metrics_registry registry;
        std::vector<counter*> all;
        for (int i = 0; i < 2000; ++i) {
            all.push_back(&registry.counter("c" + std::to_string(i)));
            ASSERT_EQ(all.back()->value(), 0U);
        }
        for (counter* c : all) c->add(9);
        for (counter const* c : all) ASSERT_EQ(c->value(), 9U);
    }
}

TEST(Counters, AloneAreAtomics) {
    counter events;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) events.add();
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(events.value(), 4000U);
}

TEST(Counters, AreRightInTheDestructorsOfThreadLocals) {
    static metrics_registry& registry = *new metrics_registry;
    struct at_exit {
        ~at_exit() { registry.counter("ended").add(); }
    };
    for (int i = 0; i < 3; ++i)
        std::thread{[] {
            thread_local at_exit const last;  // constructed before this thread counts, so destroyed after it did
            static_cast<void>(&last);
            registry.counter("begun").add();
        }}.join();
    EXPECT_EQ(registry.counter("begun").value(), 3U);
    EXPECT_EQ(registry.counter("ended").value(), 3U);
}

// Destructors of thread-specific values run in rounds, ours among them: counting after it takes shards once more.
TEST(Counters, AreRightAfterTheirShardsWereGivenBack) {
    static metrics_registry& registry = *new metrics_registry;
    static int n_rounds;
    static pthread_key_t key;
    ASSERT_EQ(::pthread_key_create(&key,
                                   [](void* value) {
                                       registry.counter("late").add();
                                       if (++n_rounds < 2) ::pthread_setspecific(key, value);
                                   }),
              0);
    n_rounds = 0;
    std::thread{[] {
        ::pthread_setspecific(key, &n_rounds);
        registry.counter("late").add();
    }}.join();
    ::pthread_key_delete(key);
    EXPECT_EQ(registry.counter("late").value(), static_cast<std::uint64_t>(n_rounds + 1));
}

TEST(Counters, GoOnInAForkedChild) {
    metrics_registry registry;
    counter& events = registry.counter("events");
    std::atomic<bool> stop{false};
    std::thread beside{[&] {
        while (!stop) {
            events.add();
            static_cast<void>(registry.counter("looked.up"));
        }
    }};
    while (events.value() == 0) std::this_thread::yield();
    for (int i = 0; i < 20; ++i) {
        pid_t const child = ::fork();
        ASSERT_NE(child, -1);
        if (child == 0) {
            std::uint64_t const before = registry.snapshot().at(0).value > 0.0 ? events.value() : 0;
            registry.counter("made.in.child").add();
            events.add(5);
            ::_exit(before != 0 && events.value() == before + 5 && registry.counter("made.in.child").value() == 1 ? 0
                                                                                                                  : 1);
        }
        int status = -1;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    stop = true;
    beside.join();
}

TEST(Labels, TellSeriesApartInAnyOrder) {
    metrics_registry registry;
    counter& c = registry.counter("calls", {{"method", "cholesky"}, {"device", "cpu"}});
    EXPECT_EQ(&registry.counter("calls", {{"device", "cpu"}, {"method", "cholesky"}}), &c);
    EXPECT_NE(&registry.counter("calls", {{"device", "cpu"}, {"method", "lu"}}), &c);
    EXPECT_NE(&registry.counter("calls"), &c);
    registry.counter("calls").add(1);
    c.add(2);
    registry.counter("aaa", {{"z", "any \n bytes \xff"}}).add(3);
    metrics_snapshot const expected{{"aaa", metric_kind::counter, 3.0, {{"z", "any \n bytes \xff"}}},
                                    {"calls", metric_kind::counter, 1.0},
                                    {"calls", metric_kind::counter, 2.0, {{"device", "cpu"}, {"method", "cholesky"}}},
                                    {"calls", metric_kind::counter, 0.0, {{"device", "cpu"}, {"method", "lu"}}}};
    EXPECT_EQ(registry.snapshot(), expected);
}

TEST(Labels, AreRefusedWhenMalformed) {
    metrics_registry registry;
    auto const message = [&](metric_labels const& labels) {
        return message_of<std::invalid_argument>([&] { static_cast<void>(registry.counter("hits", labels)); });
    };
    for (std::string const name : {"", "Method", "1st", "_x", "a.b", "a-b"})
        EXPECT_EQ(message({{name, "v"}}),
                  "label '" + name + "' of metric 'hits' is not made of a-z, 0-9 and '_', a letter first");
    for (std::string const name : {"le", "quantile", "overflow", "duplicate"})
        EXPECT_EQ(message({{name, "v"}}),
                  "label '" + name + "' of metric 'hits' has a meaning of its own; use another name");
    EXPECT_EQ(message({{"a", "1"}, {"b", "2"}, {"a", "3"}}), "label 'a' of metric 'hits' is given twice");
    registry.counter("hits", {{"a", "1"}}).add();
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  registry.histogram("hits", {{"a", "2"}}).record(1.0);
              }),
              "metric 'hits' is a counter and was asked for as a histogram; use another name");
}

TEST(Labels, PastTheLimitAreCountedTogether) {
    metrics_registry registry;
    constexpr std::size_t n_over = 25;
    for (std::size_t i = 0; i < metrics_registry::max_series + n_over; ++i)
        registry.counter("calls", {{"key", std::to_string(i)}}).add();
    registry.counter("calls", {{"key", "0"}}).add();
    registry.counter("calls").add(4);
    registry.counter("others", {{"key", "new"}}).add();
    auto const taken = registry.snapshot();
    double sum = 0.0;
    for (auto const& m : taken) {
        if (m.name == "calls") sum += m.value;
        if (m.labels == metric_labels{{"overflow", "true"}}) {
            EXPECT_EQ(m.value, static_cast<double>(n_over));
        }
    }
    EXPECT_EQ(taken.size(), metrics_registry::max_series + 3);
    EXPECT_EQ(sum, static_cast<double>(metrics_registry::max_series + n_over + 1 + 4));
}

TEST(Metrics, AreDescribed) {
    metrics_registry registry;
    registry.describe("hits", "first");
    registry.counter("hits").add();
    registry.counter("hits", {{"a", "b"}}).add();
    registry.counter("other").add();
    EXPECT_EQ(registry.snapshot().at(0).help, "first");
    registry.describe("hits", "values found");
    EXPECT_EQ(registry.snapshot().at(0).help, "values found");
    EXPECT_EQ(registry.snapshot().at(1).help, "values found");
    EXPECT_EQ(registry.snapshot().at(2).help, "");
    EXPECT_THROW(registry.describe("No", "text"), std::invalid_argument);
}

// Look-ups from all threads make each series once.
TEST(Metrics, AreMadeOnceWhoeverAsks) {
    metrics_registry registry;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 300; ++i) registry.counter("c", {{"i", std::to_string(i)}}).add();
        });
    for (auto& t : threads) t.join();
    auto const taken = registry.snapshot();
    ASSERT_EQ(taken.size(), 300U);
    for (auto const& m : taken) EXPECT_EQ(m.value, 8.0);
}

TEST(Metrics, HaveAGlobalRegistryThatIsOne) { EXPECT_EQ(&metrics(), &metrics()); }

}  // namespace
}  // namespace poise::profile
