// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/index.hpp>

#include <string>

namespace poise {
namespace {

std::string joined(std::span<std::ptrdiff_t const> factors) {
    std::string text;
    for (std::ptrdiff_t const factor : factors) text += concat(text.empty() ? "" : " x ", factor);
    return text;
}

}  // namespace

std::size_t checked_product(std::span<std::ptrdiff_t const> factors, std::size_t limit, char const* what) {
    std::size_t product = 1;
    bool fits = true;
    bool any_zero = false;
    for (std::ptrdiff_t const factor : factors) {
        POISE_REQUIRE(factor >= 0, what, ": factor ", factor, " is negative");
        fits = !__builtin_mul_overflow(product, static_cast<std::size_t>(factor), &product) && fits;
        any_zero = any_zero || factor == 0;
    }
    if (any_zero) return 0;  // whatever overflowed before the zero was met
    POISE_REQUIRE(fits && product <= limit, what, " ", joined(factors), " exceeds ", limit, "; choose a smaller size");
    return product;
}

}  // namespace poise
