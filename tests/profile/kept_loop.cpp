// SPDX-License-Identifier: MIT
// Compiled to assembly by a test: the 12345 is there only if the product is computed.
#include <poise/profile/body.hpp>

void run(int n) {
    auto const product = [&] { return n * 12345; };
#ifdef DISCARDED
    for (int i = 0; i < 1000; ++i) product();
#else
    poise::profile::detail::loop_over(product)(1000);
#endif
}
