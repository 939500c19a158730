// SPDX-License-Identifier: MIT
// Random graphs against the plain loop that defines them. POISE_STRESS_GRAPHS says how many (2000), POISE_STRESS_SEED
// where to begin (0); one failing graph is repeated with POISE_STRESS_GRAPHS=1 and the seed of the message.
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace task = poise::task;

namespace {

std::uint64_t number_from(char const* variable, std::uint64_t otherwise) {
    char const* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

enum class kind : std::uint8_t { single, map, collecting };

// One add() or map(): what it waits for by number of family, and how it behaves.
struct plan_of_family {
    kind what = kind::single;
    std::size_t n = 1;
    std::vector<std::size_t> inputs;  // single and map: tasks; collecting: one family
    std::size_t throws_at = SIZE_MAX;
    bool loops = false;  // a parallel_for inside
    bool nests = false;  // a graph inside
};

struct expectation {
    long value = 0;
    bool healthy = true;
    std::size_t blamed = SIZE_MAX;
};

// Draws a graph, works out what must come of it, builds it, and runs it.
class trial {
public:
    explicit trial(std::uint64_t seed) : random_{seed} {
        std::size_t const n_families = 1 + draw(40);
        for (std::size_t f = 0; f < n_families; ++f) families_.push_back(draw_family());
        n_calls_ = std::vector<std::atomic<int>>(expected_.size());
    }

    void build() {
        for (std::size_t f = 0; f < families_.size(); ++f) add(f);
    }

    void run_and_check(int threads, bool timed) {
        for (auto& n : n_calls_) n = 0;
        auto const run = task::executor{{.threads = threads, .timed = timed}}.run(graph_);
        std::size_t n_failed = 0, n_skipped = 0;
        for (std::size_t id = 0; id < expected_.size(); ++id) {
            expectation const& e = expected_[id];
            auto const outcome = run[handle(id)];
            bool const failed = !e.healthy && e.blamed == id;
            n_failed += failed;
            n_skipped += !e.healthy && !failed;
            ASSERT_EQ(n_calls_[id].load(), e.healthy || failed ? 1 : 0) << "task " << id;
            ASSERT_EQ(static_cast<bool>(outcome), e.healthy) << "task " << id;
            if (e.healthy)
                ASSERT_EQ(outcome.value(), e.value) << "task " << id;
            else
                ASSERT_EQ(outcome.record().root_cause, e.blamed) << "task " << id;
        }
        auto const summary = run.summary();
        EXPECT_EQ(summary.n_failed, n_failed);
        EXPECT_EQ(summary.n_skipped, n_skipped);
        if (timed) check_order(run.records());
    }

private:
    std::size_t draw(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

    plan_of_family draw_family() {
        plan_of_family f;
        std::size_t const n_before = expected_.size();
        bool const first = n_before == 0;
        f.what = first ? kind::single : static_cast<kind>(draw(3));
        f.n = f.what == kind::map ? draw(12) : 1;
        if (f.what == kind::collecting)
            f.inputs = {draw(families_.size())};
        else
            for (std::size_t k = first ? 0 : draw(4); k > 0; --k) f.inputs.push_back(draw(n_before));
        if (draw(10) == 0) f.throws_at = draw(std::max<std::size_t>(1, f.n));
        f.loops = draw(15) == 0;
        f.nests = draw(25) == 0;
        first_.push_back(n_before);
        expectation inputs;
        for (std::size_t const input : inputs_of(f)) join(inputs, expected_[input]);
        for (std::size_t i = 0; i < f.n; ++i) {
            expectation e = inputs;
            e.value = 3 * inputs.value + static_cast<long>(i) + 1;
            if (e.healthy && f.throws_at == i) e.healthy = false, e.blamed = n_before + i;
            expected_.push_back(e);
        }
        return f;
    }
    std::vector<std::size_t> inputs_of(plan_of_family const& f) const {
        if (f.what != kind::collecting) return f.inputs;
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < families_[f.inputs[0]].n; ++i) all.push_back(first_[f.inputs[0]] + i);
        return all;
    }
    static void join(expectation& all, expectation const& one) {
        all.value += one.value;
        all.healthy = all.healthy && one.healthy;
        if (!one.healthy) all.blamed = std::min(all.blamed, one.blamed);
    }

    long body(std::size_t f, std::size_t i, long sum) const {
        auto const& family = families_[f];
        ++n_calls_[first_[f] + i];
        if (family.loops) {
            std::atomic<int> n{0};
            tbb::parallel_for(0, 20, [&](int) { ++n; });
            if (n != 20) throw std::logic_error{"a loop lost iterations"};
        }
        if (family.nests) run_inner();
        if (family.throws_at == i) throw std::runtime_error{"planned"};
        return 3 * sum + static_cast<long>(i) + 1;
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

    void add(std::size_t f) {
        auto const& family = families_[f];
        std::string const name = "f" + std::to_string(f);
        std::vector<task::handle<long>> in;
        if (family.what != kind::collecting)
            for (std::size_t const input : family.inputs) in.push_back(handle(input));
        auto const one = [this, f](auto... inputs) { return body(f, 0, (0L + ... + inputs)); };
        auto const of_map = [this, f](std::size_t i, auto... inputs) { return body(f, i, (0L + ... + inputs)); };
        auto const collect = [this, f](task::collection<long> const& all) {
            long sum = 0;
            for (long const v : all) sum += v;
            return body(f, 0, sum);
        };
        if (family.what == kind::map) {
            auto const made = in.size() == 0   ? graph_.map(name, family.n, of_map)
                              : in.size() == 1 ? graph_.map(name, family.n, of_map, in[0])
                              : in.size() == 2 ? graph_.map(name, family.n, of_map, in[0], in[1])
                                               : graph_.map(name, family.n, of_map, in[0], in[1], in[2]);
            maps_.push_back(std::make_unique<task::handles<long>>(made));
            singles_.push_back(nullptr);
        } else {
            auto const made = family.what == kind::collecting ? add_collecting(name, collect, family.inputs[0])
                              : in.size() == 0                ? graph_.add(name, one)
                              : in.size() == 1                ? graph_.add(name, one, in[0])
                              : in.size() == 2                ? graph_.add(name, one, in[0], in[1])
                                                              : graph_.add(name, one, in[0], in[1], in[2]);
            singles_.push_back(std::make_unique<task::handle<long>>(made));
            maps_.push_back(nullptr);
        }
    }
    task::handle<long> add_collecting(std::string const& name, auto const& collect, std::size_t input) {
        if (maps_[input]) return graph_.add(name, collect, *maps_[input]);
        return graph_.add(
            name,
            [collect](long v) {
                return collect(task::collection<long>{&v, 1});
            },
            *singles_[input]);
    }
    task::handle<long> handle(std::size_t id) const {
        std::size_t f = families_.size() - 1;
        while (first_[f] > id || families_[f].n == 0) --f;
        return singles_[f] ? *singles_[f] : (*maps_[f])[id - first_[f]];
    }

    // By the clock of one thread at most: those of two cores may differ by less than a microsecond.
    void check_order(std::vector<task::record> const& records) const {
        for (std::size_t f = 0; f < families_.size(); ++f)
            for (std::size_t i = 0; i < families_[f].n; ++i)
                for (std::size_t const input : inputs_of(families_[f]))
                    ASSERT_GE(records[first_[f] + i].start_s, records[input].end_s - 1e-6) << "task " << first_[f] + i;
    }

    std::mt19937_64 random_;
    std::vector<plan_of_family> families_;
    std::vector<std::size_t> first_;  // task of each family
    std::vector<expectation> expected_;
    mutable std::vector<std::atomic<int>> n_calls_;
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
        t.run_and_check(1 + static_cast<int>(seed % 8), seed % 3 != 0);
        t.run_and_check(1 + static_cast<int>((seed + 3) % 8), seed % 3 == 0);
        if (testing::Test::HasFatalFailure()) return;
    }
}
