// SPDX-License-Identifier: MIT
// Random graphs against the plain loop that defines them. POISE_STRESS_GRAPHS says how many (2000), POISE_STRESS_SEED
// where to begin (0); one failing graph is repeated with POISE_STRESS_GRAPHS=1 and the seed of the message.
#include <poise/task/executor.hpp>
#include <poise/task/wait.hpp>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <type_traits>
#include <vector>

namespace task = poise::task;

namespace {

std::uint64_t number_from(char const* variable, std::uint64_t otherwise) {
    char const* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

enum class kind : std::uint8_t { single, map, collecting, each, chunks, settled, conditional, waiting };
constexpr std::size_t n_kinds = 8;

// One add() or map(): what it waits for, and how it behaves.
struct plan_of_family {
    kind what = kind::single;
    std::size_t n = 1;
    std::vector<std::size_t> inputs;  // tasks that are passed
    std::size_t whole = 0;            // collecting, each, chunks: a family; settled, conditional: a task
    std::size_t chunk = 1;
    std::size_t after = SIZE_MAX;  // a family that only comes before
    std::size_t throws_at = SIZE_MAX;
    bool loops = false;  // a parallel_for inside
    bool nests = false;  // a graph inside
};

struct expectation {
    long value = 0;
    task::state state = task::state::succeeded;
    std::size_t blamed = SIZE_MAX;

    [[nodiscard]] bool healthy() const { return state == task::state::succeeded; }
};

// Draws a graph, works out what must come of it, builds it, and runs it.
class trial {
public:
    explicit trial(std::uint64_t seed) : random_{seed} {
        std::size_t const n_families = 1 + draw(40);
        for (std::size_t f = 0; f < n_families; ++f) draw_family();
        n_calls_ = std::vector<std::atomic<int>>(expected_.size());
    }

    void build() {
        for (std::size_t f = 0; f < families_.size(); ++f) add(f);
    }

    void run_and_check(task::executor const& executor, bool timed) {
        for (auto& n : n_calls_) n = 0;
        auto const run = executor.run(graph_);
        std::size_t n_failed = 0, n_skipped = 0, n_omitted = 0;
        for (std::size_t id = 0; id < expected_.size(); ++id) {
            expectation const& e = expected_[id];
            auto const outcome = run[handle(id)];
            n_failed += e.state == task::state::failed;
            n_skipped += e.state == task::state::skipped;
            n_omitted += e.state == task::state::omitted;
            bool const called = e.healthy() || e.state == task::state::failed;
            ASSERT_EQ(n_calls_[id].load(), called ? 1 : 0) << "task " << id;
            ASSERT_EQ(outcome.state(), e.state) << "task " << id;
            if (e.healthy())
                ASSERT_EQ(outcome.value(), e.value) << "task " << id;
            else
                ASSERT_EQ(outcome.record().root_cause, e.blamed) << "task " << id;
        }
        auto const summary = run.summary();
        EXPECT_EQ(summary.n_failed, n_failed);
        EXPECT_EQ(summary.n_skipped, n_skipped);
        EXPECT_EQ(summary.n_omitted, n_omitted);
        EXPECT_LE(summary.span_s, summary.wall_s);
        if (timed) check_order(run.records());
    }

    // Asked to stop at some moment: what ran has the right value, and nothing ran twice or was forgotten.
    void cancel_and_check(int threads) {
        for (auto& n : n_calls_) n = 0;
        std::stop_source source;
        stop_at_ = draw(expected_.size());
        stop_ = &source;
        auto const run = task::executor{{.threads = threads}}.run(graph_, {.stop = source.get_token()});
        stop_ = nullptr;
        auto const s = run.summary();
        ASSERT_EQ(s.n_succeeded + s.n_failed + s.n_skipped + s.n_omitted + s.n_cancelled, expected_.size());
        for (std::size_t id = 0; id < expected_.size(); ++id) {
            auto const outcome = run[handle(id)];
            ASSERT_LE(n_calls_[id].load(), 1);
            ASSERT_FALSE(outcome.state() == task::state::cancelled && n_calls_[id].load() != 0);
            ASSERT_TRUE(!outcome || tolerates(id) || outcome.value() == expected_[id].value) << "task " << id;
        }
    }

private:
    struct dependency {
        std::size_t id;
        bool tolerant = false;
        bool passed = true;
    };

    std::size_t draw(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

    void draw_family() {
        plan_of_family f;
        std::size_t const n_before = expected_.size();
        bool const first = n_before == 0;
        f.what = first ? kind::single : static_cast<kind>(draw(n_kinds));
        f.chunk = 1 + draw(4);
        f.whole = f.what == kind::settled || f.what == kind::conditional ? draw(n_before)
                  : first                                                ? 0
                                                                         : draw(families_.size());
        bool const elementwise = f.what == kind::each || f.what == kind::chunks;
        if (elementwise && families_[f.whole].what != kind::map && families_[f.whole].what != kind::each)
            f.what = kind::single;
        if (f.what == kind::map) f.n = draw(12);
        if (f.what == kind::each) f.n = families_[f.whole].n;
        if (f.what == kind::chunks) f.n = (families_[f.whole].n + f.chunk - 1) / f.chunk;
        if (f.what != kind::collecting)
            for (std::size_t k = first ? 0 : draw(f.what == kind::single || f.what == kind::map ? 4 : 2); k > 0; --k)
                f.inputs.push_back(draw(n_before));
        if (!first && draw(8) == 0) f.after = draw(families_.size());
        if (draw(10) == 0) f.throws_at = draw(std::max<std::size_t>(1, f.n));
        f.loops = draw(15) == 0;
        f.nests = draw(25) == 0;
        first_.push_back(n_before);
        families_.push_back(f);
        for (std::size_t i = 0; i < f.n; ++i) expected_.push_back(expect(f, i, n_before + i));
    }
    expectation expect(plan_of_family const& f, std::size_t i, std::size_t id) const {
        expectation e;
        long sum = 0;
        for (dependency const& d : dependencies(f, i)) {
            expectation const& input = expected_[d.id];
            if (d.passed) sum += input.healthy() ? input.value : d.tolerant ? -1 : 0;
            if (input.healthy() || d.tolerant) continue;
            bool const omitted = input.state == task::state::omitted;
            bool const worse = e.healthy() || (e.state == task::state::omitted && !omitted);
            bool const alike = !e.healthy() && (e.state == task::state::omitted) == omitted;
            if (worse || (alike && input.blamed < e.blamed)) e.blamed = input.blamed;
            if (worse) e.state = omitted ? task::state::omitted : task::state::skipped;
        }
        e.value = value_of(sum, i);
        if (!e.healthy()) return e;
        if (f.what == kind::conditional && !condition(expected_[f.whole].value))
            e.state = task::state::omitted;
        else if (f.throws_at == i)
            e.state = task::state::failed;
        if (!e.healthy()) e.blamed = id;
        return e;
    }
    std::vector<dependency> dependencies(plan_of_family const& f, std::size_t i) const {
        std::vector<dependency> all;
        for (std::size_t const input : f.inputs) all.push_back({input});
        auto const some_of = [&](std::size_t family, std::size_t begin, std::size_t end, bool passed) {
            for (std::size_t k = begin; k < std::min(end, families_[family].n); ++k)
                all.push_back({first_[family] + k, false, passed});
        };
        if (f.what == kind::collecting) some_of(f.whole, 0, SIZE_MAX, true);
        if (f.what == kind::each) some_of(f.whole, i, i + 1, true);
        if (f.what == kind::chunks) some_of(f.whole, i * f.chunk, (i + 1) * f.chunk, true);
        if (f.what == kind::settled) all.push_back({f.whole, true});
        if (f.what == kind::conditional) all.push_back({f.whole, false, false});
        if (f.after != SIZE_MAX) some_of(f.after, 0, SIZE_MAX, false);
        return all;
    }
    // Its value depends on what became of another task, or on what that depends on.
    bool tolerates(std::size_t id) const {
        std::size_t const f = family_of(id);
        if (families_[f].what == kind::settled) return true;
        auto const all = dependencies(families_[f], id - first_[f]);
        return std::ranges::any_of(all, [&](dependency const& d) { return d.passed && tolerates(d.id); });
    }
    static bool condition(long value) { return value % 3 != 0; }
    static long value_of(long sum, std::size_t i) { return (3 * sum + static_cast<long>(i) + 1) % 1'000'003; }

    long body(std::size_t f, std::size_t i, long sum) const {
        auto const& family = families_[f];
        ++n_calls_[first_[f] + i];
        if (stop_ != nullptr && first_[f] + i == stop_at_) stop_->request_stop();
        if (family.loops) {
            std::atomic<int> n{0};
            tbb::parallel_for(0, 20, [&](int) { ++n; });
            if (n != 20) throw std::logic_error{"a loop lost iterations"};
        }
        if (family.nests) run_inner();
        if (family.throws_at == i) throw std::runtime_error{"planned"};
        return value_of(sum, i);
    }
    static void run_inner() {
        task::graph inner;
        auto const x = inner.map("x", 8, [](std::size_t i) { return static_cast<long>(i); });
        auto const sum = inner.add(
            "sum",
            [](task::collection<long> const& all) {
                long s = 0;
                for (long const v : all) s += v;
                return s;
            },
            x);
        if (task::executor{{.threads = 3}}.run(inner)[sum].value() != 28) throw std::logic_error{"a graph lost tasks"};
    }

    static long sum_of(task::collection<long> const& all) {
        long sum = 0;
        for (long const v : all) sum += v;
        return sum;
    }
    void add(std::size_t f) {
        auto const& family = families_[f];
        std::string const name = "f" + std::to_string(f);
        std::vector<task::handle<long>> in;
        for (std::size_t const input : family.inputs) in.push_back(handle(input));
        auto const one = [this, f](auto... inputs) { return body(f, 0, (0L + ... + inputs)); };
        auto const of_map = [this, f](std::size_t i, auto... inputs) { return body(f, i, (0L + ... + inputs)); };
        maps_.push_back(nullptr);
        singles_.push_back(nullptr);
        auto const keep = [&](auto const& made) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(made)>, task::handle<long>>)
                singles_[f] = std::make_unique<task::handle<long>>(made);
            else
                maps_[f] = std::make_unique<task::handles<long>>(made);
        };
        switch (family.what) {
            case kind::single:
                keep(in.size() == 0   ? graph_.add(name, one)
                     : in.size() == 1 ? graph_.add(name, one, in[0])
                     : in.size() == 2 ? graph_.add(name, one, in[0], in[1])
                                      : graph_.add(name, one, in[0], in[1], in[2]));
                break;
            case kind::map:
                keep(in.size() == 0   ? graph_.map(name, family.n, of_map)
                     : in.size() == 1 ? graph_.map(name, family.n, of_map, in[0])
                     : in.size() == 2 ? graph_.map(name, family.n, of_map, in[0], in[1])
                                      : graph_.map(name, family.n, of_map, in[0], in[1], in[2]));
                break;
            case kind::collecting: {
                auto const collect = [this, f](task::collection<long> const& all) { return body(f, 0, sum_of(all)); };
                if (maps_[family.whole])
                    keep(graph_.add(name, collect, *maps_[family.whole]));
                else
                    keep(graph_.add(name, collect, task::all(*singles_[family.whole])));
                break;
            }
            case kind::each:
                if (in.empty())
                    keep(graph_.map(name, family.n, of_map, task::each(*maps_[family.whole])));
                else
                    keep(graph_.map(name, family.n, of_map, in[0], task::each(*maps_[family.whole])));
                break;
            case kind::chunks: {
                auto const chunks = task::chunks(*maps_[family.whole], family.chunk);
                if (in.empty())
                    keep(graph_.map(
                        name, family.n,
                        [this, f](std::size_t i, task::collection<long> const& all) { return body(f, i, sum_of(all)); },
                        chunks));
                else
                    keep(graph_.map(
                        name, family.n,
                        [this, f](std::size_t i, task::collection<long> const& all, long more) {
                            return body(f, i, sum_of(all) + more);
                        },
                        chunks, in[0]));
                break;
            }
            case kind::settled: {
                auto const f_of = [this, f](task::outcome<long> const& o, auto... more) {
                    return body(f, 0, ((o ? o.value() : -1L) + ... + more));
                };
                auto const settled = task::settled(handle(family.whole));
                keep(in.empty() ? graph_.add(name, f_of, settled) : graph_.add(name, f_of, settled, in[0]));
                break;
            }
            case kind::waiting: {
                auto const waits = [this, f](auto... inputs) -> task::async<long> {
                    co_await task::sleep_for(std::chrono::microseconds{5});
                    co_return body(f, 0, (0L + ... + inputs));
                };
                keep(in.empty() ? graph_.add(name, waits) : graph_.add(name, waits, in[0]));
                break;
            }
            case kind::conditional: {
                auto const when = task::when(handle(family.whole), condition);
                keep(in.empty() ? graph_.add(name, one, when) : graph_.add(name, one, when, in[0]));
                break;
            }
        }
        if (family.after == SIZE_MAX) return;
        if (maps_[f])
            order(*maps_[f], family.after);
        else
            order(*singles_[f], family.after);
    }
    void order(auto const& later, std::size_t earlier) {
        if (maps_[earlier])
            graph_.after(later, *maps_[earlier]);
        else
            graph_.after(later, *singles_[earlier]);
    }
    std::size_t family_of(std::size_t id) const {
        std::size_t f = families_.size() - 1;
        while (first_[f] > id || families_[f].n == 0) --f;
        return f;
    }
    task::handle<long> handle(std::size_t id) const {
        std::size_t const f = family_of(id);
        return singles_[f] ? *singles_[f] : (*maps_[f])[id - first_[f]];
    }

    // By the clock of one thread at most: those of two cores may differ by less than a microsecond.
    void check_order(std::vector<task::record> const& records) const {
        for (std::size_t f = 0; f < families_.size(); ++f)
            for (std::size_t i = 0; i < families_[f].n; ++i)
                for (dependency const& d : dependencies(families_[f], i))
                    ASSERT_GE(records[first_[f] + i].start_s, records[d.id].end_s - 1e-6) << "task " << first_[f] + i;
    }

    std::mt19937_64 random_;
    std::vector<plan_of_family> families_;
    std::vector<std::size_t> first_;  // task of each family
    std::vector<expectation> expected_;
    mutable std::vector<std::atomic<int>> n_calls_;
    std::size_t stop_at_ = SIZE_MAX;
    std::stop_source* stop_ = nullptr;
    task::graph graph_;
    std::vector<std::unique_ptr<task::handle<long>>> singles_;
    std::vector<std::unique_ptr<task::handles<long>>> maps_;
};

}  // namespace

TEST(Stress, RandomGraphsGiveWhatTheirDefinitionSays) {
    std::uint64_t const first = number_from("POISE_STRESS_SEED", 0), n = number_from("POISE_STRESS_GRAPHS", 2000);
    for (std::uint64_t seed = first; seed < first + n; ++seed) {
        SCOPED_TRACE("POISE_STRESS_SEED=" + std::to_string(seed));
        trial t{seed};
        t.build();
        bool const timed = seed % 3 != 0;
        t.run_and_check(task::executor{{.threads = 1 + static_cast<int>(seed % 8), .timed = timed}}, timed);
        t.run_and_check(task::executor{{.threads = 1 + static_cast<int>((seed + 3) % 8), .timed = !timed}}, !timed);
        if (seed % 4 == 0) t.run_and_check(task::serial({.timed = timed}), timed);
        t.cancel_and_check(1 + static_cast<int>((seed + 5) % 8));
        if (testing::Test::HasFatalFailure()) return;
    }
}
