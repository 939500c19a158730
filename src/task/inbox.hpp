// SPDX-License-Identifier: MIT
// Private to src/: nodes that wait for something outside of the run, and the news of them.
#pragma once

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace poise::task::detail {

/// ready: of a node whose inputs are done. Of one that was suspended: it has the resource that it waited for and may
/// begin, it goes on where it was, it is not to begin as it still waits for a resource, or what came of it.
enum class news : std::uint8_t { ready, granted, resumed, withdrawn, succeeded, omitted, failed };

/// While a node is suspended a task of the group that does nothing yet keeps the group from being done; with the news
/// it is given to the arena, where it looks for work. So nobody waits for a node but who waits for the whole run, and
/// that one as oneTBB waits, helping others.
class inbox {
public:
    struct message {
        std::uint32_t node;
        news what;
    };

    /// Without an arena the one thread that there is waits: wait().
    inbox(tbb::task_arena* arena, tbb::task_group& group) noexcept : arena_{arena}, group_{group} {}
    inbox(inbox const&) = delete;
    inbox& operator=(inbox const&) = delete;

    /// look() is called in the arena when there is news. Throws std::bad_alloc, and then the node is not suspended.
    template <class Look>
    void suspend(std::uint32_t node, Look const& look) {
        std::scoped_lock const lock{mutex_};
        messages_.reserve(messages_.size() + keepers_.size() + 1);
        keepers_.emplace(node, arena_ != nullptr ? group_.defer(look) : tbb::task_handle{});
    }
    /// Once for each suspend(), by any thread. The run may be over before this returns, see wait_for_senders().
    void send(message m) noexcept {
        n_senders_.fetch_add(1, std::memory_order_relaxed);
        std::unique_lock lock{mutex_};
        messages_.push_back(m);
        size_.store(messages_.size(), std::memory_order_seq_cst);
        auto keeper = std::move(keepers_.extract(m.node).mapped());
        filled_.notify_all();
        lock.unlock();
        if (wake_) wake_();
        if (arena_ != nullptr) arena_->enqueue(std::move(keeper));
        n_senders_.fetch_sub(1, std::memory_order_release);
    }

    /// Called with each message, by who sends it.
    void on_news(std::function<void()> wake) { wake_ = std::move(wake); }

    [[nodiscard]] bool empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }
    [[nodiscard]] std::optional<message> take() noexcept {
        if (size_.load(std::memory_order_relaxed) == 0) return {};
        std::scoped_lock const lock{mutex_};
        return pop();
    }
    [[nodiscard]] message wait() {
        std::unique_lock lock{mutex_};
        filled_.wait(lock, [&] { return !messages_.empty(); });
        return *pop();
    }
    /// When all messages were taken: until nobody touches this any more.
    void wait_for_senders() const noexcept {
        while (n_senders_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
    }

private:
    std::optional<message> pop() noexcept {
        if (messages_.empty()) return {};
        message const m = messages_.back();
        messages_.pop_back();
        size_.store(messages_.size(), std::memory_order_seq_cst);
        return m;
    }

    tbb::task_arena* const arena_;
    tbb::task_group& group_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::vector<message> messages_;
    std::map<std::uint32_t, tbb::task_handle> keepers_;
    std::function<void()> wake_;
    std::atomic<std::size_t> size_{0};
    std::atomic<int> n_senders_{0};
};

}  // namespace poise::task::detail
