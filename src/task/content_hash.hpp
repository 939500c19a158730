// SPDX-License-Identifier: MIT
// Private to src/: 128 bits that tell contents apart.
#pragma once

#include "task/multiply_fold.hpp"

#include <poise/task/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace poise::task::detail {

using digest = std::array<std::uint64_t, 2>;

/// Of all bytes written, however they were divided. Two different contents have the same by chance in 2^64 pairs, not
/// by anybody's design: no protection against who forges. Some GB/s. Source: the multiply-and-fold step of wyhash (Wang
/// Yi, public domain), in two lanes of different constants.
class content_hash final : public byte_writer {
public:
    void write(void const* bytes, std::size_t size) override {
        auto const* at = static_cast<std::byte const*>(bytes);
        n_bytes_ += size;
        while (size > 0) {
            std::size_t const part = std::min(size, sizeof word_ - n_in_word_);
            std::memcpy(reinterpret_cast<std::byte*>(&word_) + n_in_word_, at, part);
            at += part;
            size -= part;
            n_in_word_ += part;
            if (n_in_word_ == sizeof word_) take();
        }
    }
    void write(std::string_view text) {
        task::write(*this, std::uint64_t{text.size()});
        write(text.data(), text.size());
    }
    [[nodiscard]] digest finish() {
        if (n_in_word_ > 0) take();
        word_ = n_bytes_;
        take();
        return {multiply_fold(lanes_[0] ^ lanes_[1], constants[1]),
                multiply_fold(lanes_[1] + constants[0], lanes_[0] | 1U)};
    }

private:
    static constexpr digest constants{golden_ratio, 0xD6E8'FEB8'6659'FD93U};

    void take() noexcept {
        for (std::size_t l = 0; l < 2; ++l)
            lanes_[l] = multiply_fold(lanes_[l] ^ word_, constants[l]) + constants[1 - l];
        word_ = 0;
        n_in_word_ = 0;
    }

    digest lanes_{0x8000'0000'0000'0001U, 0x4000'0000'0000'0003U};
    std::uint64_t word_ = 0;
    std::size_t n_in_word_ = 0;
    std::size_t n_bytes_ = 0;
};

/// 32 hexadecimal digits.
[[nodiscard]] inline std::string to_text(digest const& d) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::uint64_t const word : d)
        for (int shift = 60; shift >= 0; shift -= 4) text += digits[word >> static_cast<unsigned>(shift) & 15U];
    return text;
}

}  // namespace poise::task::detail
