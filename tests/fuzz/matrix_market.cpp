// SPDX-License-Identifier: MIT
#include "harness.hpp"

#include <poise/core/error.hpp>
#include <poise/linear/matrix_market.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace poise_fuzz {
namespace {

using namespace poise;

bool same_bits(std::span<double const> a, std::span<double const> b) {
    auto const bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    return std::ranges::equal(a, b, {}, bits, bits);
}

bool same(linear::csr_view A, linear::csr_view B) {
    return A.n_cols == B.n_cols && std::ranges::equal(A.row_start, B.row_start) &&
           std::ranges::equal(A.columns, B.columns) && same_bits(A.values, B.values);
}

bool is_matrix(std::string_view text) {
    try {
        auto const A = linear::from_matrix_market(text);
        linear::require_valid(A);
        ensure(same(A, linear::from_matrix_market(linear::to_matrix_market(A))), "a matrix that is not what it was");
        std::string banner{text.substr(0, text.find('\n'))};
        for (char& letter : banner) letter = static_cast<char>(letter | 0x20);
        if (banner.find(" symmetric") != std::string::npos) linear::require_symmetric(A);
        return true;
    } catch (error const& refusal) {
        ensure_readable(refusal.what());
        return false;
    }
}

bool is_vector(std::string_view text) {
    try {
        auto const b = linear::vector_from_matrix_market(text);
        ensure(same_bits(b, linear::vector_from_matrix_market(linear::to_matrix_market(b))),
               "a vector that is not what it was");
        return true;
    } catch (error const& refusal) {
        ensure_readable(refusal.what());
        return false;
    }
}

}  // namespace

bool accepts(std::string_view text) {
    bool const matrix = is_matrix(text);
    bool const vector = is_vector(text);
    ensure(!(matrix && vector), "a matrix and a vector at the same time");
    return matrix || vector;
}

}  // namespace poise_fuzz
