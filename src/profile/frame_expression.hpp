// SPDX-License-Identifier: MIT
// The little programs by which unwinding tables describe the unusual: stubs of the linker, signal handlers' frames.
#pragma once

#include "profile/dwarf_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// A stack machine. register_of(number, value) and load(address, value) return false where they cannot tell, which
/// makes it give up, as it does on an operation that unwinding tables have no use for. Source: DWARF 5, section 2.5.
template <class RegisterOf, class Load>
class frame_expression {
public:
    frame_expression(RegisterOf register_of, Load load) noexcept : register_of_{register_of}, load_{load} {}

    void push(std::uintptr_t value) noexcept {
        if (n_ == stack_.size())
            ok_ = false;
        else
            stack_[n_++] = value;
    }

    /// Of a block with its length before it.
    bool run(unsigned char const* at, std::uintptr_t& result) noexcept {
        unsigned char const* const end = [&] {
            std::uint64_t const size = take_unsigned(at);
            return at + size;
        }();
        while (at < end && ok_) operation(at);
        result = pop();
        return ok_;
    }

private:
    std::uintptr_t pop() noexcept {
        if (n_ == 0) return ok_ = false;
        return stack_[--n_];
    }

    void operation(unsigned char const*& at) noexcept {
        unsigned const code = *at++;
        if (code >= 0x30 && code <= 0x4F) return push(code - 0x30);
        if (code >= 0x70 && code <= 0x8F) return push_register(code - 0x70, take_signed(at));
        switch (code) {
            case 0x06:
                return push_loaded();
            case 0x08:
                return push(take<std::uint8_t>(at));
            case 0x09:
                return push(static_cast<std::uintptr_t>(std::int64_t{take<std::int8_t>(at)}));
            case 0x0A:
                return push(take<std::uint16_t>(at));
            case 0x0B:
                return push(static_cast<std::uintptr_t>(std::int64_t{take<std::int16_t>(at)}));
            case 0x0C:
                return push(take<std::uint32_t>(at));
            case 0x0D:
                return push(static_cast<std::uintptr_t>(std::int64_t{take<std::int32_t>(at)}));
            case 0x0E:
            case 0x0F:
                return push(take<std::uint64_t>(at));
            case 0x10:
                return push(take_unsigned(at));
            case 0x11:
                return push(static_cast<std::uintptr_t>(take_signed(at)));
            case 0x23:
                return push(pop() + take_unsigned(at));
            case 0x92: {
                std::uint64_t const which = take_unsigned(at);
                return push_register(which, take_signed(at));
            }
            case 0x96:
                return;  // nop
            default:
                return binary(code);
        }
    }

    void binary(unsigned code) noexcept {
        std::uintptr_t const b = pop();
        std::uintptr_t const a = pop();
        auto const signed_a = static_cast<std::int64_t>(a), signed_b = static_cast<std::int64_t>(b);
        switch (code) {
            case 0x1A:
                return push(a & b);
            case 0x1C:
                return push(a - b);
            case 0x21:
                return push(a | b);
            case 0x22:
                return push(a + b);
            case 0x24:
                return push(b < 64 ? a << b : 0);
            case 0x25:
                return push(b < 64 ? a >> b : 0);
            case 0x29:
                return push(a == b);
            case 0x2A:
                return push(signed_a >= signed_b);
            case 0x2B:
                return push(signed_a > signed_b);
            case 0x2C:
                return push(signed_a <= signed_b);
            case 0x2D:
                return push(signed_a < signed_b);
            case 0x2E:
                return push(a != b);
            default:
                ok_ = false;
        }
    }

    void push_register(std::uint64_t which, std::int64_t offset) noexcept {
        std::uintptr_t value = 0;
        if (!register_of_(which, value)) ok_ = false;
        push(value + static_cast<std::uintptr_t>(offset));
    }
    void push_loaded() noexcept {
        std::uintptr_t value = 0;
        if (!load_(pop(), value)) ok_ = false;
        push(value);
    }

    RegisterOf register_of_;
    Load load_;
    std::array<std::uintptr_t, 16> stack_{};
    std::size_t n_ = 0;
    bool ok_ = true;
};

}  // namespace poise::profile::detail
