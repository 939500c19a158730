// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/flight.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace poise::detail {
namespace {

std::string refusal_of(flight const& awaited) {
    return poise_test::message_of<std::invalid_argument>([&] { flight_wait const waiting{awaited}; });
}

// A thread that builds one flight and stands waiting for another until the end.
class builder {
public:
    explicit builder(flight const* awaited = nullptr)
        : thread_{[this, awaited] {
              mine_ = std::make_unique<flight>();
              std::unique_ptr<flight_wait> waiting;
              if (awaited != nullptr) waiting = std::make_unique<flight_wait>(*awaited);
              ready_ = true;
              while (!done_) std::this_thread::yield();
          }} {
        while (!ready_) std::this_thread::yield();
    }
    ~builder() {
        done_ = true;
        thread_.join();
    }
    [[nodiscard]] flight& mine() { return *mine_; }

private:
    std::unique_ptr<flight> mine_;
    std::atomic<bool> ready_{false}, done_{false};
    std::thread thread_;
};

TEST(FlightWait, RefusesOnesOwnFlight) {
    flight mine;
    EXPECT_NE(refusal_of(mine).find("asked for itself"), std::string::npos);
    mine.landed = true;
    EXPECT_NO_THROW(flight_wait{mine}) << "a wait for what has landed ends";
}

TEST(FlightWait, RefusesACircleOfAnyLength) {
    flight mine;
    builder first{&mine};
    builder second{&first.mine()};
    builder third{&second.mine()};
    for (builder* b : {&first, &second, &third})
        EXPECT_NE(refusal_of(b->mine()).find("in a circle"), std::string::npos);
    second.mine().landed = true;
    EXPECT_NO_THROW(flight_wait{third.mine()}) << "third is about to go on";
    EXPECT_NE(refusal_of(first.mine()).find("in a circle"), std::string::npos);
}

TEST(FlightWait, AllowsAChainThatEndsElsewhere) {
    builder last;
    builder first{&last.mine()};
    EXPECT_NO_THROW(flight_wait{first.mine()});
    EXPECT_NO_THROW(flight_wait{last.mine()});
}

}  // namespace
}  // namespace poise::detail
