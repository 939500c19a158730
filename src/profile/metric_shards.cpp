// SPDX-License-Identifier: MIT
#include "profile/metric_shards.hpp"

#include "profile/pages.hpp"

#include <pthread.h>

#include <atomic>
#include <limits>

namespace poise::profile::detail {

constinit thread_local std::uint64_t* counter_shard = nullptr;

namespace {

constinit thread_local thread_shards* this_thread_shards __attribute__((tls_model("initial-exec"))) = nullptr;

template <unsigned Slots>
class slot_pool {
public:
    unsigned take() noexcept {
        if (n_returned_ != 0) return returned_[--n_returned_];
        return n_made_ < Slots ? n_made_++ : no_slot;
    }
    void give(unsigned slot) noexcept {
        if (slot != no_slot) returned_[n_returned_++] = static_cast<std::uint16_t>(slot);
    }

private:
    std::uint16_t returned_[Slots] = {};
    unsigned n_returned_ = 0;
    unsigned n_made_ = 0;
};

// Never destroyed: threads and static objects may count while the program ends.
struct shared_state {
    std::mutex mutex;
    std::atomic<thread_shards*> first{nullptr};
    thread_shards* free = nullptr;
    slot_pool<n_fast_counters> counter_slots;
    slot_pool<n_fast_histograms> histogram_slots;
    std::uint64_t epochs = 0;
    pthread_key_t at_thread_exit{};
    bool notices_thread_exit = false;
};
static_assert(std::is_trivially_destructible_v<shared_state>);

constinit shared_state all;

void use(thread_shards* shards) noexcept {
    this_thread_shards = shards;
    counter_shard = shards == nullptr ? nullptr : shards->counters;
}

void release(void* ended) noexcept {
    auto* const shards = static_cast<thread_shards*>(ended);
    use(nullptr);
    std::lock_guard const lock{all.mutex};
    shards->next_free = all.free;
    all.free = shards;
}

void before_fork() { all.mutex.lock(); }
void after_fork() { all.mutex.unlock(); }

// The other threads do not exist here; what they counted stays.
void after_fork_in_child() {
    all.free = nullptr;
    for (auto* t = all.first.load(); t != nullptr; t = t->next_made) {
        if (t == this_thread_shards) continue;
        t->next_free = all.free;
        all.free = t;
    }
    all.mutex.unlock();
}

void prepare() noexcept {
    static constinit std::once_flag once;
    std::call_once(once, [] {
        all.notices_thread_exit = ::pthread_key_create(&all.at_thread_exit, release) == 0;
        ::pthread_atfork(before_fork, after_fork, after_fork_in_child);
    });
}

thread_shards* take_shards() noexcept {
    auto const lock = lock_metrics();
    if (thread_shards* const reused = all.free) {
        all.free = reused->next_free;
        return reused;
    }
    auto* const made = static_cast<thread_shards*>(map_pages(sizeof(thread_shards)));
    if (made == nullptr) return nullptr;
    made->next_made = all.first.load();
    all.first.store(made);
    return made;
}

[[gnu::cold, gnu::noinline]] thread_shards* attach_shards() noexcept {
    thread_shards* const shards = take_shards();
    use(shards);
    // Runs after the destructors of thread_local objects, which may count. Without a key the shards are not reused.
    if (shards != nullptr && all.notices_thread_exit) ::pthread_setspecific(all.at_thread_exit, shards);
    return shards;
}

}  // namespace

void histogram_shard::begin(std::uint64_t new_epoch) noexcept {
    sum.store(0.0);
    min.store(std::numeric_limits<double>::infinity());
    max.store(0.0);
    for (auto& count : counts) count.store(0);
    epoch.publish(new_epoch);
}

std::unique_lock<std::mutex> lock_metrics() {
    prepare();
    return std::unique_lock{all.mutex};
}

thread_shards* attached_shards() noexcept {
    thread_shards* const shards = this_thread_shards;
    return shards != nullptr ? shards : attach_shards();
}

unsigned take_counter_slot() noexcept { return all.counter_slots.take(); }
unsigned take_histogram_slot() noexcept { return all.histogram_slots.take(); }
void give_counter_slot(unsigned slot) noexcept { all.counter_slots.give(slot); }
void give_histogram_slot(unsigned slot) noexcept { all.histogram_slots.give(slot); }
std::uint64_t next_epoch() noexcept { return ++all.epochs; }

std::uint64_t sum_of_counter(unsigned slot) noexcept {
    std::uint64_t sum = 0;
    for (auto const* t = first_shards(); t != nullptr; t = t->next_made)
        sum += __atomic_load_n(&t->counters[slot], __ATOMIC_RELAXED);
    return sum;
}

thread_shards const* first_shards() noexcept { return all.first.load(std::memory_order_acquire); }

}  // namespace poise::profile::detail
