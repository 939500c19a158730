// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4), so that a test can compute what it compares with.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace poise_test {

/// The first 32 bits of the fractional part of the square root (cube root) of the n-th prime.
inline std::uint32_t root_bits(unsigned n, bool cubic) {
    unsigned prime = 1;
    for (unsigned found = 0; found <= n;) {
        ++prime;
        bool is_prime = true;
        for (unsigned d = 2; d * d <= prime; ++d) is_prime = is_prime && prime % d != 0;
        found += is_prime ? 1 : 0;
    }
    // The largest r with r^k <= prime * 2^(32 k): a whole number, so that no rounding can hit a bit.
    __extension__ using wide = unsigned __int128;
    wide const bound = static_cast<wide>(prime) << (cubic ? 96 : 64);
    wide r = 0;
    for (int bit = 36; bit >= 0; --bit) {
        wide const next = r | (static_cast<wide>(1) << bit);
        if ((cubic ? next * next * next : next * next) <= bound) r = next;
    }
    return static_cast<std::uint32_t>(r);
}

inline std::array<unsigned char, 32> sha256(std::string_view text) {
    std::array<std::uint32_t, 8> hash;
    std::array<std::uint32_t, 64> k;
    for (unsigned i = 0; i < 8; ++i) hash[i] = root_bits(i, false);
    for (unsigned i = 0; i < 64; ++i) k[i] = root_bits(i, true);
    std::string padded{text};
    padded += '\x80';
    while (padded.size() % 64 != 56) padded += '\0';
    for (int shift = 56; shift >= 0; shift -= 8)
        padded += static_cast<char>((static_cast<std::uint64_t>(text.size()) * 8) >> shift);
    for (std::size_t block = 0; block < padded.size(); block += 64) {
        std::array<std::uint32_t, 64> w;
        for (std::size_t i = 0; i < 16; ++i) {
            w[i] = 0;
            for (std::size_t b = 0; b < 4; ++b)
                w[i] = w[i] << 8 | static_cast<unsigned char>(padded[block + 4 * i + b]);
        }
        for (std::size_t i = 16; i < 64; ++i)
            w[i] = w[i - 16] + w[i - 7] + (std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3) +
                   (std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10);
        auto [a, b, c, d, e, f, g, h] = hash;
        for (std::size_t i = 0; i < 64; ++i) {
            std::uint32_t const first =
                h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
            std::uint32_t const second =
                (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
        }
        std::array const added{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < 8; ++i) hash[i] += added[i];
    }
    std::array<unsigned char, 32> bytes;
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<unsigned char>(hash[i / 4] >> (24 - 8 * (i % 4)));
    return bytes;
}

inline std::string base64(std::array<unsigned char, 32> const& bytes) {
    std::string_view const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    std::uint32_t bits = 0;
    int n = 0;
    for (unsigned char const byte : bytes) {
        bits = bits << 8 | byte;
        for (n += 8; n >= 6; n -= 6) text += letters[bits >> (n - 6) & 63U];
    }
    text += letters[bits << (6 - n) & 63U];
    return text + '=';
}

}  // namespace poise_test
