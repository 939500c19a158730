// SPDX-License-Identifier: MIT
// The end of a task that does not end when its callable returns.
#pragma once

#include <poise/task/context.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

namespace poise::task {

namespace detail {

// A task that is waiting for its completion. Destroyed without one, it fails.
class pending {
public:
    pending(frame const& in, std::uint32_t id, std::byte* place);
    ~pending();
    pending(pending const&) = delete;
    pending& operator=(pending const&) = delete;

    [[nodiscard]] std::byte* place() const noexcept { return place_; }
    /// Whether the caller is the first to say what came of it; who gets true goes on with one of the two below.
    [[nodiscard]] bool claim() noexcept;
    void succeed() noexcept;
    /// The callable has returned: from now on the task may have had its time.
    void wait() noexcept;
    void fail(std::exception_ptr thrown) noexcept;

    [[nodiscard]] std::stop_token stop() const noexcept;
    [[nodiscard]] std::string const& name() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
    std::byte* place_;
};

}  // namespace detail

/// What a callable of graph::add_async() receives first, keeps or hands on, and fulfils later, from any thread: a
/// timer, a callback of a library, a process that ended. No thread waits for it meanwhile. Copies are of one task, and
/// the first word counts. When the last copy dies without one, the task fails. Thread-safe.
template <class T>
class completion {
public:
    explicit completion(std::shared_ptr<detail::pending> task) noexcept : task_{std::move(task)} {}

    /// The task succeeded, with this result. False, and nothing done, if it had ended before. If the result cannot be
    /// moved to its place the task fails with what that throws.
    template <class U = T>
    requires(!std::is_void_v<U>) bool set(U value) const {
        if (!task_->claim()) return false;
        try {
            ::new (static_cast<void*>(task_->place())) U(std::move(value));
        } catch (...) {
            task_->fail(std::current_exception());
            return true;
        }
        task_->succeed();
        return true;
    }
    template <class U = T>
    requires std::is_void_v<U>
    bool set() const {
        if (!task_->claim()) return false;
        task_->succeed();
        return true;
    }
    /// The task failed.
    bool fail(std::exception_ptr thrown) const {
        if (!task_->claim()) return false;
        task_->fail(std::move(thrown));
        return true;
    }

    /// Of the run: to give up early when it is asked to stop.
    [[nodiscard]] std::stop_token stop_token() const noexcept { return task_->stop(); }
    /// Of the task.
    [[nodiscard]] std::string const& name() const noexcept { return task_->name(); }

private:
    std::shared_ptr<detail::pending> task_;
};

}  // namespace poise::task
