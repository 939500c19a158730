// SPDX-License-Identifier: MIT
// A bounded cache that builds each missing value once, however many threads ask for it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace poise {

struct cache_statistics {
    std::uint64_t hits = 0;       ///< values handed out without building
    std::uint64_t misses = 0;     ///< builds begun
    std::uint64_t evictions = 0;  ///< values dropped to stay within the bytes allowed
    std::size_t entries = 0;      ///< values kept now
    std::size_t bytes = 0;        ///< bytes kept now
};

/// Values by key, least recently used dropped first when their bytes exceed `max_bytes`.
///  - Single flight: while one thread builds, others that ask for the same key wait and share the value.
///  - A build that throws is not remembered: its waiters get the same exception, the next caller builds anew.
///  - A dropped value that somebody still holds is found again, so a value exists twice only when clear() comes
///  between.
/// All member functions are thread-safe. get() costs a lock and a hash look-up; no lock is held while building.
template <class Key, class Value, class Hash = std::hash<Key>>
class single_flight_cache {
public:
    using pointer = std::shared_ptr<Value const>;
    struct result {
        pointer value;
        bool built;  ///< by this very call
    };

    explicit single_flight_cache(std::size_t max_bytes) : max_bytes_{max_bytes} {}

    /// The value of `key`. build() -> Value makes a missing one, bytes_of(value) -> std::size_t says what it holds.
    /// build must not ask this cache for the same key: it would wait for itself.
    template <class Build, class BytesOf>
    [[nodiscard]] result get(Key const& key, Build&& build, BytesOf&& bytes_of) {
        std::vector<pointer> dropped;  // destroyed after the lock is released: values may be large
        std::unique_lock lock{mutex_};
        slot& found = slots_[key];
        if (pointer value = found.kept ? found.kept : found.alive.lock()) {
            ++hits_;
            keep(found, value, dropped);
            return {value, false};
        }
        if (found.building) return wait_for(found.building, lock);
        ++misses_;
        auto const mine = found.building = std::make_shared<flight>();
        lock.unlock();

        try {
            auto value = std::make_shared<Value>(std::forward<Build>(build)());
            std::size_t const bytes = bytes_of(std::as_const(*value));
            lock.lock();
            found.bytes = bytes;
            keep(found, value, dropped);
            land(found, *mine, value, nullptr);
            return {value, true};
        } catch (...) {
            if (!lock.owns_lock()) lock.lock();
            land(found, *mine, nullptr, std::current_exception());
            slots_.erase(key);
            throw;
        }
    }

    /// Forgets every value. Those in use live on with their holders; builds under way are not disturbed.
    void clear() {
        std::vector<pointer> dropped;
        std::scoped_lock const lock{mutex_};
        for (auto& [key, entry] : slots_) dropped.push_back(std::move(entry.kept));
        std::erase_if(slots_, [](auto const& entry) { return !entry.second.building; });
        bytes_ = 0;
    }

    [[nodiscard]] cache_statistics statistics() const {
        std::scoped_lock const lock{mutex_};
        std::size_t entries = 0;
        for (auto const& [key, entry] : slots_) entries += entry.kept ? 1 : 0;
        return {hits_, misses_, evictions_, entries, bytes_};
    }
    [[nodiscard]] std::size_t max_bytes() const noexcept { return max_bytes_; }

private:
    struct flight {
        bool landed = false;
        pointer value;
        std::exception_ptr failure;
    };
    struct slot {
        pointer kept;
        std::weak_ptr<Value const> alive;
        std::shared_ptr<flight> building;
        std::size_t bytes = 0;
        std::uint64_t last_use = 0;
    };

    result wait_for(std::shared_ptr<flight> const& building, std::unique_lock<std::mutex>& lock) {
        auto const theirs = building;
        landed_.wait(lock, [&] { return theirs->landed; });
        if (theirs->failure) std::rethrow_exception(theirs->failure);
        ++hits_;
        return {theirs->value, false};
    }

    void land(slot& entry, flight& mine, pointer const& value, std::exception_ptr const& failure) {
        mine.value = value;
        mine.failure = failure;
        mine.landed = true;
        entry.building.reset();
        landed_.notify_all();
    }

    // Marks as used, keeps if it was not kept, and makes room. Entries are few and large, so a scan finds the oldest.
    void keep(slot& entry, pointer const& value, std::vector<pointer>& dropped) {
        entry.last_use = ++clock_;
        entry.alive = value;
        if (entry.kept) return;
        if (entry.bytes <= max_bytes_) {
            entry.kept = value;
            bytes_ += entry.bytes;
            while (bytes_ > max_bytes_) drop_oldest(dropped);
        }
        std::erase_if(slots_, [&](auto const& other) {
            slot const& s = other.second;
            return !s.kept && !s.building && s.alive.expired() && &s != &entry;
        });
    }

    void drop_oldest(std::vector<pointer>& dropped) {
        slot* oldest = nullptr;
        for (auto& [key, entry] : slots_)
            if (entry.kept && (oldest == nullptr || entry.last_use < oldest->last_use)) oldest = &entry;
        bytes_ -= oldest->bytes;
        dropped.push_back(std::move(oldest->kept));
        oldest->kept.reset();
        ++evictions_;
    }

    std::size_t const max_bytes_;
    mutable std::mutex mutex_;
    std::condition_variable landed_;
    std::unordered_map<Key, slot, Hash> slots_;
    std::uint64_t clock_ = 0, hits_ = 0, misses_ = 0, evictions_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace poise
