// SPDX-License-Identifier: MIT
// The methods, for tests of all of them.
#pragma once

#include <poise/ode.hpp>

#include <gtest/gtest.h>

namespace poise_test {

using explicit_methods =
    testing::Types<poise::ode::ssprk3, poise::ode::bogacki_shampine3, poise::ode::dormand_prince5,
                   poise::ode::tsitouras5, poise::ode::verner7, poise::ode::verner9, poise::ode::dop853>;

/// visit(method). radau is those of fixed order too, and takes compilers long enough.
template <class Visit>
void for_each_implicit_method(Visit const& visit) {
    visit(poise::ode::rodas5p{});
    visit(poise::ode::radau{});
    visit(poise::ode::bdf{});
    visit(poise::ode::esdirk4{});
}

struct method_names {
    template <class Method>
    static std::string GetName(int) {
        std::string name;
        for (char const* letter = Method::name; *letter != '\0'; ++letter)
            if (std::isalnum(static_cast<unsigned char>(*letter))) name += *letter;
        return name;
    }
};

}  // namespace poise_test
