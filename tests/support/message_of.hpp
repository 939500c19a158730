// SPDX-License-Identifier: MIT
// What an exception says.
#pragma once

#include <string>

namespace poise_test {

/// what() of the Exception that f throws; other exceptions pass through; "(nothing was thrown)" where none is.
template <class Exception, class F>
std::string message_of(F&& f) {
    try {
        f();
    } catch (Exception const& exception) {
        return exception.what();
    }
    return "(nothing was thrown)";
}

}  // namespace poise_test
