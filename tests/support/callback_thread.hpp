// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace poise_test {

// Somebody else's thread, which calls back.
class callback_thread {
public:
    callback_thread()
        : thread_{[this](std::stop_token const& over) {
              std::unique_lock lock{mutex_};
              while (woken_.wait(lock, over, [&] { return !calls_.empty(); })) {
                  auto const call = std::move(calls_.front());
                  calls_.pop_front();
                  lock.unlock();
                  call();
                  lock.lock();
              }
          }} {}
    void post(std::function<void()> call) {
        std::scoped_lock const lock{mutex_};
        calls_.push_back(std::move(call));
        woken_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::deque<std::function<void()>> calls_;
    std::jthread thread_;
};

}  // namespace poise_test
