// SPDX-License-Identifier: MIT
// Whether profiling was on before main(), seen by a program that refers to nothing but the hot header.
#include <poise/profile/scope.hpp>

#include <string_view>

int main(int argc, char** argv) {
    bool const expected = argc > 1 && std::string_view{argv[1]} == "on";
    bool const enabled = (poise::profile::detail::load_modes() & poise::profile::detail::enabled_bit) != 0;
    poise::profile::scope const timing{"probe"};
    return enabled == expected ? 0 : 1;
}
