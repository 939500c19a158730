// SPDX-License-Identifier: MIT
#include "profile/call_frame.hpp"

#include "profile/dwarf_reader.hpp"

#include <cstddef>
#include <cstring>

namespace poise::profile::detail {

#if defined(POISE_HAS_CALL_FRAMES)
namespace {

using bytes = unsigned char const*;

// DW_EH_PE_…: a format and what the value is relative to.
bool take_pointer(bytes& at, unsigned encoding, std::uintptr_t& value) noexcept {
    auto const here = reinterpret_cast<std::uintptr_t>(at);
    switch (encoding & 0x0F) {
        case 0x00:
        case 0x04:
            value = take<std::uint64_t>(at);
            break;
        case 0x03:
            value = take<std::uint32_t>(at);
            break;
        case 0x0B:
            value = static_cast<std::uintptr_t>(std::int64_t{take<std::int32_t>(at)});
            break;
        case 0x0C:
            value = static_cast<std::uintptr_t>(take<std::int64_t>(at));
            break;
        default:
            return false;
    }
    if ((encoding & 0x70) == 0x10) value += here;
    return (encoding & 0x70) == 0x10 || (encoding & 0x70) == 0x00;
}

// The common part of several functions' entries.
struct common_entry {
    std::uint64_t code_alignment = 1;
    std::int64_t data_alignment = 1;
    unsigned pointer_encoding = 0;
    bool has_augmentation = false;
    bool is_signal_frame = false;
    bytes program = nullptr, end = nullptr;
};

bool parse_augmentation(char const* letters, bytes at, common_entry& entry) noexcept {
    for (; *letters != '\0'; ++letters) {
        std::uintptr_t unused = 0;
        switch (*letters) {
            case 'R':
                entry.pointer_encoding = *at++;
                break;
            case 'L':
                ++at;
                break;
            case 'P': {
                unsigned const encoding = *at++;
                if (!take_pointer(at, encoding & 0x0F, unused)) return false;
                break;
            }
            case 'S':
                entry.is_signal_frame = true;
                break;
            default:
                return false;
        }
    }
    return true;
}

bool parse_common(bytes at, common_entry& entry) noexcept {
    auto const length = take<std::uint32_t>(at);
    if (length == 0 || length == 0xFFFFFFFF) return false;
    entry.end = at + length;
    if (take<std::uint32_t>(at) != 0) return false;
    unsigned const version = *at++;
    auto const letters = reinterpret_cast<char const*>(at);
    at += std::strlen(letters) + 1;
    entry.code_alignment = take_unsigned(at);
    entry.data_alignment = take_signed(at);
    std::uint64_t const return_register = version == 1 ? *at++ : take_unsigned(at);
    if ((version != 1 && version != 3) || return_register != dwarf_register::rip) return false;
    entry.program = at;
    if (*letters == '\0') return true;
    if (*letters != 'z') return false;
    std::uint64_t const size = take_unsigned(at);
    entry.has_augmentation = true;
    entry.program = at + size;
    return parse_augmentation(letters + 1, at, entry);
}

// One function's entry.
struct function_entry {
    common_entry common;
    std::uintptr_t begin = 0;
    bytes program = nullptr, end = nullptr;
};

bool parse_function(bytes at, std::uintptr_t address, function_entry& entry) noexcept {
    auto const length = take<std::uint32_t>(at);
    if (length == 0 || length == 0xFFFFFFFF) return false;
    entry.end = at + length;
    bytes const field = at;
    auto const distance = take<std::uint32_t>(at);
    if (distance == 0 || !parse_common(field - distance, entry.common)) return false;
    std::uintptr_t size = 0;
    if (!take_pointer(at, entry.common.pointer_encoding, entry.begin)) return false;
    if (!take_pointer(at, entry.common.pointer_encoding & 0x0F, size)) return false;
    if (entry.common.has_augmentation) {
        std::uint64_t const skipped = take_unsigned(at);
        at += skipped;
    }
    entry.program = at;
    return entry.begin <= address && address - entry.begin < size;
}

// By the sorted table that the linker makes, .eh_frame_hdr.
bool find_function(std::uintptr_t address, function_entry& entry) noexcept {
    struct pair {
        std::int32_t begin, entry;  // relative to the table's header
    };
    dl_find_object object{};
    if (::_dl_find_object(reinterpret_cast<void*>(address), &object) != 0 || object.dlfo_eh_frame == nullptr)
        return false;
    auto const header = static_cast<bytes>(object.dlfo_eh_frame);
    bytes at = header + 4;
    std::uintptr_t unused = 0;
    if (header[0] != 1 || header[2] != 0x03 || header[3] != 0x3B || !take_pointer(at, header[1], unused)) return false;
    auto const n = take<std::uint32_t>(at);
    auto const base = reinterpret_cast<std::uintptr_t>(header);
    auto const pair_at = [at](std::size_t i) {
        bytes place = at + i * sizeof(pair);
        return take<pair>(place);
    };
    std::size_t low = 0, high = n;  // the last that begins at or before the address
    while (low < high) {
        std::size_t const middle = low + (high - low) / 2;
        if (base + static_cast<std::uintptr_t>(std::int64_t{pair_at(middle).begin}) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return false;
    return parse_function(header + pair_at(low - 1).entry, address, entry);
}

// The forms that GCC writes for functions that align their stack: [reg + offset] and, with a dereference, [[…]].
frame_rule simplified(bytes expression, frame_rule::kind general, frame_rule::kind plain,
                      frame_rule::kind loaded) noexcept {
    frame_rule rule{general, 0, 0, expression};
    bytes at = expression;
    std::uint64_t const size = take_unsigned(at);
    bytes const end = at + size;
    constexpr unsigned op_breg0 = 0x70, op_breg31 = 0x8F, op_deref = 0x06;
    if (at >= end || *at < op_breg0 || *at > op_breg31) return rule;
    auto const reg = static_cast<unsigned char>(*at++ - op_breg0);
    std::int64_t const offset = take_signed(at);
    if (offset != static_cast<std::int32_t>(offset)) return rule;
    if (at == end) return {plain, reg, static_cast<std::int32_t>(offset), nullptr};
    if (at + 1 == end && *at == op_deref) return {loaded, reg, static_cast<std::int32_t>(offset), nullptr};
    return rule;
}

// Runs the instructions up to an address; rules of registers that no caller's frame depends on are read over.
class interpreter {
public:
    interpreter(function_entry const& entry, std::uintptr_t address, frame_row& row) noexcept
        : entry_{entry}, address_{address}, row_{row}, location_{entry.begin} {}

    bool run() noexcept {
        if (!run(entry_.common.program, entry_.common.end)) return false;
        initial_ = row_;
        return run(entry_.program, entry_.end);
    }

private:
    bool run(bytes at, bytes end) noexcept {
        while (at < end && !passed_)
            if (!instruction(at)) return false;
        return true;
    }

    bool instruction(bytes& at) noexcept {
        unsigned const code = *at++;
        unsigned const low = code & 0x3F;
        switch (code >> 6) {
            case 1:
                return advance(low);
            case 2:
                return offset_rule(low, static_cast<std::int64_t>(take_unsigned(at)));
            case 3:
                return restore(low);
            default:
                return extended(low, at);
        }
    }

    bool extended(unsigned code, bytes& at) noexcept {
        switch (code) {
            case 0x00:
                return true;  // nop
            case 0x01:
                return set_location(at);
            case 0x02:
                return advance(take<std::uint8_t>(at));
            case 0x03:
                return advance(take<std::uint16_t>(at));
            case 0x04:
                return advance(take<std::uint32_t>(at));
            case 0x0A:
                return remember();
            case 0x0B:
                return recall();
            case 0x0C:
                return define_frame_by_register(at, 1);
            case 0x0D:
                return define_frame(take_unsigned(at), row_.frame.offset);
            case 0x0E:
                return define_frame(row_.frame.reg, static_cast<std::int64_t>(take_unsigned(at)));
            case 0x12:
                return define_frame_by_register(at, entry_.common.data_alignment);
            case 0x13:
                return define_frame(row_.frame.reg, take_signed(at) * entry_.common.data_alignment);
            case 0x0F:
                return define_frame_by_expression(at);
            case 0x2E:
                take_unsigned(at);
                return true;  // the size of arguments
            default:
                return register_rule(code, at);
        }
    }

    bool register_rule(unsigned code, bytes& at) noexcept {
        using enum frame_rule::kind;
        std::uint64_t const which = take_unsigned(at);
        switch (code) {
            case 0x05:
                return offset_rule(which, static_cast<std::int64_t>(take_unsigned(at)));
            case 0x11:
                return offset_rule(which, take_signed(at));
            case 0x2F:
                return offset_rule(which, -static_cast<std::int64_t>(take_unsigned(at)));
            case 0x06:
                return restore(which);
            case 0x07:
                return set(which, {undefined});
            case 0x08:
                return set(which, {unchanged});
            case 0x09:
                return set(which, {register_plus, static_cast<unsigned char>(take_unsigned(at)), 0, nullptr});
            case 0x10:
                return set(which, expression(at, expression_address, at_register));
            case 0x16:
                return set(which, expression(at, expression_value, register_plus));
            default:
                return false;  // among them: a value that is the frame's address + offset
        }
    }

    bool advance(std::uint64_t delta) noexcept {
        location_ += delta * entry_.common.code_alignment;
        passed_ = location_ > address_;
        return true;
    }
    bool set_location(bytes& at) noexcept {
        if (!take_pointer(at, entry_.common.pointer_encoding, location_)) return false;
        passed_ = location_ > address_;
        return true;
    }
    bool remember() noexcept {
        if (n_remembered_ == max_remembered) return false;
        remembered_[n_remembered_++] = row_;
        return true;
    }
    bool recall() noexcept {
        if (n_remembered_ == 0) return false;
        row_ = remembered_[--n_remembered_];
        return true;
    }
    bool define_frame(std::uint64_t which, std::int64_t offset) noexcept {
        if (which >= dwarf_register::count || offset != static_cast<std::int32_t>(offset)) return false;
        row_.frame = {frame_rule::kind::register_plus, static_cast<unsigned char>(which),
                      static_cast<std::int32_t>(offset), nullptr};
        return true;
    }
    bool define_frame_by_register(bytes& at, std::int64_t scale) noexcept {
        std::uint64_t const which = take_unsigned(at);
        return define_frame(which, scale == 1 ? static_cast<std::int64_t>(take_unsigned(at)) : take_signed(at) * scale);
    }
    bool define_frame_by_expression(bytes& at) noexcept {
        using enum frame_rule::kind;
        row_.frame = simplified(at, expression_value, register_plus, at_register);
        skip_block(at);
        return true;
    }
    static frame_rule expression(bytes& at, frame_rule::kind general, frame_rule::kind plain) noexcept {
        frame_rule const rule = simplified(at, general, plain, general);
        bytes const whole = at;
        skip_block(at);
        // Two dereferences have no short form.
        return rule.how == general ? frame_rule{general, 0, 0, whole} : rule;
    }
    static void skip_block(bytes& at) noexcept {
        std::uint64_t const size = take_unsigned(at);
        at += size;
    }
    bool offset_rule(std::uint64_t which, std::int64_t factored) noexcept {
        std::int64_t const offset = factored * entry_.common.data_alignment;
        if (offset != static_cast<std::int32_t>(offset)) return false;
        return set(which, {frame_rule::kind::at_frame, 0, static_cast<std::int32_t>(offset), nullptr});
    }
    bool set(std::uint64_t which, frame_rule rule) noexcept {
        if (which == dwarf_register::rbp) row_.rbp = rule;
        if (which == dwarf_register::rip) row_.return_address = rule;
        return true;
    }
    bool restore(std::uint64_t which) noexcept {
        if (which == dwarf_register::rbp) row_.rbp = initial_.rbp;
        if (which == dwarf_register::rip) row_.return_address = initial_.return_address;
        return true;
    }

    static constexpr std::size_t max_remembered = 4;

    function_entry const& entry_;
    std::uintptr_t address_;
    frame_row& row_;
    frame_row initial_;
    frame_row remembered_[max_remembered];
    std::size_t n_remembered_ = 0;
    std::uintptr_t location_;
    bool passed_ = false;
};

}  // namespace

bool find_frame_row(std::uintptr_t address, frame_row& found) noexcept {
    function_entry entry;
    if (!find_function(address, entry)) return false;
    found = {};
    found.is_signal_frame = entry.common.is_signal_frame;
    found.function_begin = entry.begin;
    return interpreter{entry, address, found}.run();
}

#else

bool find_frame_row(std::uintptr_t, frame_row&) noexcept { return false; }

#endif

}  // namespace poise::profile::detail
