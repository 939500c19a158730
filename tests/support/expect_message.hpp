// SPDX-License-Identifier: MIT
// Errors must say what is wrong: a type alone is no test.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace poise_test {

/// Expects that act() throws an Exception whose message has `part` in it.
template <class Exception, class Act>
void expect_message(Act&& act, std::string const& part) {
    try {
        act();
        ADD_FAILURE() << "nothing was thrown; expected: " << part;
    } catch (Exception const& thrown) {
        EXPECT_NE(std::string{thrown.what()}.find(part), std::string::npos) << "message: " << thrown.what();
    }
}

}  // namespace poise_test
