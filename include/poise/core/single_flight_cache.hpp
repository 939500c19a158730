// SPDX-License-Identifier: MIT
// A bounded cache that builds each missing value once, however many threads ask for it.
#pragma once

#include <poise/core/flight.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace poise {

struct cache_statistics {
    std::uint64_t hits = 0;       ///< values handed out without building
    std::uint64_t misses = 0;     ///< builds begun
    std::uint64_t evictions = 0;  ///< values dropped to stay within the limits
    std::size_t entries = 0;      ///< values kept now
    std::size_t bytes = 0;        ///< bytes kept now
};

struct cache_limits {
    std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
    std::size_t max_entries = std::numeric_limits<std::size_t>::max();
};

/// Values by key, least recently used dropped first when they exceed a limit.
///  - Single flight: while one thread builds, others that ask for the same key wait and share the value.
///  - A build that throws is not remembered: its waiters get the same exception, the next caller builds anew.
///  - A dropped value that somebody still holds is found again, so a value exists twice only when clear() comes
///  between.
///  - A build that asks for its own key throws std::invalid_argument instead of waiting for itself, also when the
///  circle goes over other threads' builds and other caches. What builds and waits by other means is not seen.
/// All member functions are thread-safe. get() costs a lock and a hash look-up, however many values there are; no lock
/// is held while building and while values are destroyed.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class single_flight_cache {
public:
    using pointer = std::shared_ptr<Value const>;
    using hasher = Hash;
    struct result {
        pointer value;
        bool built;      ///< by this very call
        bool kept_anew;  ///< this call changed which values are kept
    };

    explicit single_flight_cache(std::size_t max_bytes) : single_flight_cache{cache_limits{.max_bytes = max_bytes}} {}
    explicit single_flight_cache(cache_limits const& limits) : limits_{limits} {}

    /// The value of `key`. build() -> Value makes a missing one, bytes_of(value) -> std::size_t says what it holds.
    template <class Build, class BytesOf>
    [[nodiscard]] result get(Key const& key, Build&& build, BytesOf&& bytes_of) {
        recency dropped;  // destroyed after the lock is released: values may be large
        std::unique_lock lock{mutex_};
        entry& asked = *slots_.try_emplace(key).first;
        slot& found = asked.second;
        if (pointer value = found.kept ? found.place->value : found.alive.lock()) {
            bool const kept_anew = keep(asked, value, dropped);
            ++hits_;
            return {value, false, kept_anew};
        }
        if (found.building) return wait_for(found.building, lock);
        auto const mine = std::make_shared<flight>();
        found.building = mine;
        ++misses_;
        lock.unlock();

        try {
            auto value = std::make_shared<Value>(std::forward<Build>(build)());
            std::size_t const bytes = bytes_of(std::as_const(*value));
            lock.lock();
            found.bytes = bytes;
            bool const kept_anew = keep(asked, value, dropped);
            land(found, *mine, value, nullptr);
            return {value, true, kept_anew};
        } catch (...) {
            if (!lock.owns_lock()) lock.lock();
            land(found, *mine, nullptr, std::current_exception());
            forget(asked);
            throw;
        }
    }

    /// Forgets every value. Those in use live on with their holders; builds under way are not disturbed.
    void clear() {
        recency dropped;
        std::scoped_lock const lock{mutex_};
        dropped.swap(kept_);
        for (auto& [key, found] : slots_) found.kept = false, found.alive.reset();
        std::erase_if(slots_, [](auto const& any) { return !any.second.building; });
        bytes_ = 0;
    }

    [[nodiscard]] cache_statistics statistics() const {
        std::scoped_lock const lock{mutex_};
        return {hits_, misses_, evictions_, kept_.size(), bytes_};
    }
    [[nodiscard]] std::size_t max_bytes() const noexcept { return limits_.max_bytes; }
    [[nodiscard]] cache_limits const& limits() const noexcept { return limits_; }

private:
    struct slot;
    using map = std::unordered_map<Key, slot, Hash, Equal>;
    using entry = std::pair<Key const, slot>;
    struct held {
        pointer value;
        entry* owner;
    };
    using recency = std::list<held>;  // the least recently used first
    struct flight : detail::flight {
        pointer value;
        std::exception_ptr failure;
    };
    struct slot {
        bool kept = false;
        typename recency::iterator place{};
        std::weak_ptr<Value const> alive{};  // a value that was dropped is found as long as somebody holds it
        std::shared_ptr<flight> building{};
        std::size_t bytes = 0;
    };

    result wait_for(std::shared_ptr<flight> const& building, std::unique_lock<std::mutex>& lock) {
        auto const theirs = building;
        detail::flight_wait const waiting{*theirs};
        landed_.wait(lock, [&] { return theirs->landed.load(); });
        if (theirs->failure) std::rethrow_exception(theirs->failure);
        ++hits_;
        return {theirs->value, false, false};
    }

    void land(slot& built, flight& mine, pointer const& value, std::exception_ptr const& failure) {
        mine.value = value;
        mine.failure = failure;
        mine.landed = true;
        built.building.reset();
        landed_.notify_all();
    }

    // Marks as used; keeps what was not kept and makes room for it. True where that changed what is kept.
    bool keep(entry& used, pointer const& value, recency& dropped) {
        slot& mine = used.second;
        if (mine.kept) {
            kept_.splice(kept_.end(), kept_, mine.place);
            return false;
        }
        bool const fits = mine.bytes <= limits_.max_bytes && limits_.max_entries != 0;
        if (fits) {
            mine.place = kept_.insert(kept_.end(), {value, &used});
            mine.kept = true;
            bytes_ += mine.bytes;
        }
        mine.alive = value;
        while (bytes_ > limits_.max_bytes || kept_.size() > limits_.max_entries) drop_oldest(dropped);
        if (slots_.size() - kept_.size() > most_dropped_) sweep();
        return fits;
    }

    void drop_oldest(recency& dropped) {
        held& oldest = kept_.front();
        slot& left = oldest.owner->second;
        left.kept = false;
        bytes_ -= left.bytes;
        ++evictions_;
        entry* const owner = oldest.owner;
        // Nobody can come to share it now: that takes this lock, or one who holds it already.
        bool const in_use = oldest.value.use_count() > 1;
        dropped.splice(dropped.end(), kept_, kept_.begin());
        if (!in_use) forget(*owner);
    }

    void forget(entry const& any) { slots_.erase(slots_.find(any.first)); }

    // Frees the slots of values that were dropped in use and are gone now: often enough that they stay few beside the
    // others, rarely enough that it does not show in the cost of a call.
    void sweep() {
        std::erase_if(slots_, [](auto const& any) {
            slot const& s = any.second;
            return !s.kept && !s.building && s.alive.expired();
        });
        most_dropped_ = std::max({std::size_t{16}, 2 * (slots_.size() - kept_.size()), slots_.size() / 2});
    }

    cache_limits const limits_;
    mutable std::mutex mutex_;
    std::condition_variable landed_;
    map slots_;
    recency kept_;
    std::uint64_t hits_ = 0, misses_ = 0, evictions_ = 0;
    std::size_t bytes_ = 0;
    std::size_t most_dropped_ = 16;
};

}  // namespace poise
