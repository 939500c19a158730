// SPDX-License-Identifier: MIT
// Private to src/: things that are dear to make, lent to one user at a time and kept for the next.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace poise::detail {

/// As many as are in use at a time are made, and none is destroyed before the pool, but for those that are given back
/// where so many are idle already. Thread-safe.
template <class T>
class lending_pool {
public:
    lending_pool() = default;
    explicit lending_pool(std::size_t most_idle) : most_idle_{most_idle} {}

    /// Given back when it ends.
    class lease {
    public:
        lease(lending_pool& pool, std::unique_ptr<T> lent) noexcept : pool_{pool}, lent_{std::move(lent)} {}
        ~lease() { pool_.give_back(std::move(lent_)); }
        lease(lease const&) = delete;
        lease& operator=(lease const&) = delete;

        [[nodiscard]] T& operator*() const noexcept { return *lent_; }

    private:
        lending_pool& pool_;
        std::unique_ptr<T> lent_;
    };

    /// One that was given back, or what make() -> std::unique_ptr<T> makes.
    template <class Make>
    [[nodiscard]] lease take(Make const& make) {
        {
            std::scoped_lock const lock{mutex_};
            if (!idle_.empty()) {
                auto lent = std::move(idle_.back());
                idle_.pop_back();
                return lease{*this, std::move(lent)};
            }
        }
        return lease{*this, make()};
    }

    /// Calls visit(thing) for each that is not lent, under the pool's lock.
    template <class Visitor>
    void for_each_idle(Visitor&& visit) const {
        std::scoped_lock const lock{mutex_};
        for (auto const& thing : idle_) visit(std::as_const(*thing));
    }

private:
    void give_back(std::unique_ptr<T> lent) noexcept {
        try {
            std::scoped_lock const lock{mutex_};
            if (idle_.size() < most_idle_) idle_.push_back(std::move(lent));
        } catch (...) {  // without memory to keep it, it is destroyed
        }
    }

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<T>> idle_;
    std::size_t most_idle_ = static_cast<std::size_t>(-1);
};

}  // namespace poise::detail
