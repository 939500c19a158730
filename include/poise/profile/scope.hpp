// SPDX-License-Identifier: MIT
// A block of code that is timed. This header goes into every hot file, so it includes nothing.
#pragma once

namespace poise::profile {

/// What a scope stands for in the trace.
enum class category : unsigned char { phase, task };

/// How a scope is recorded.
///  - automatic: as enable() said for the program
///  - off: not at all
///  - counted: calls and memory, no clock
///  - sampled: every call counted, one of sixteen timed
///  - timed: every call, two plain readings of the processor's counter
///  - precise: the second reading waits for what stands before it
enum class mode : unsigned char { automatic, off, counted, sampled, timed, precise };

namespace detail {

struct frame;
struct label {
    char const* text;
    unsigned size;
    unsigned line;
};

// Low byte: what is on. The rest: how often reset() was called, so that a thread sees both with one load.
extern unsigned active_modes;
inline constexpr unsigned enabled_bit = 1;
inline constexpr unsigned memory_bit = 2;
inline constexpr unsigned trace_bit = 4;
inline constexpr unsigned probe_bit = 8;
inline unsigned load_modes() noexcept { return __atomic_load_n(&active_modes, __ATOMIC_RELAXED); }

frame* enter(unsigned modes, label name, category kind) noexcept;
frame* enter_copying(unsigned modes, char const* text, decltype(sizeof 0) size, category kind) noexcept;
void leave(frame* entered) noexcept;

template <class Text>
concept text = requires(Text const& t) {
    static_cast<char const*>(t.data());
    static_cast<decltype(sizeof 0)>(t.size());
};

}  // namespace detail

/// A name that lives as long as the program: a string literal, or a constant array of static storage. Anything else,
/// such as a local array of char, does not compile.
class literal {
public:
    template <decltype(sizeof 0) Size>
    consteval literal(char const (&text)[Size], unsigned line = __builtin_LINE()) : label_{text, 0, line} {
        while (label_.size < Size && text[label_.size] != '\0') ++label_.size;
    }
    [[nodiscard]] constexpr detail::label label() const noexcept { return label_; }

private:
    detail::label label_;
};

#ifdef POISE_PROFILE_COMPILED_OUT

// Another name than the real one, so that files compiled either way may be linked together.
inline namespace compiled_out {

class [[maybe_unused]] scope {
public:
    [[nodiscard]] constexpr explicit scope(literal, category = category::phase) noexcept {}
    [[nodiscard]] constexpr explicit scope(detail::text auto const&, category = category::phase) noexcept {}
    scope(scope const&) = delete;
    scope& operator=(scope const&) = delete;
};

}  // namespace compiled_out

#else

/// Times the block it stands in, under the scope open around it on this thread: profile::scope timing{"assemble"};
/// Each thread has a call tree of its own; report() joins them by name. A scope that is entered again from within
/// itself (same literal on the same line, or same copied name) is one node: its inclusive time counts the outermost
/// call alone.
/// Names: a literal, or anything with data() and size(), which is copied (the first 255 bytes) when seen first.
/// Never throws, never allocates with new. Must be left on the thread that entered it, in reverse order.
/// Cost: off, one relaxed load and a predictable branch; on, two clock readings and a few nanoseconds, and for a
/// copied name its hash. With POISE_PROFILE_COMPILED_OUT defined: an empty class.
class scope {
public:
    [[nodiscard]] explicit scope(literal name, category kind = category::phase) noexcept {
        unsigned const modes = detail::load_modes();
        if (modes & detail::enabled_bit) [[unlikely]]
            frame_ = detail::enter(modes, name.label(), kind);
    }
    [[nodiscard]] explicit scope(detail::text auto const& name, category kind = category::phase) noexcept {
        unsigned const modes = detail::load_modes();
        if (modes & detail::enabled_bit) [[unlikely]]
            frame_ = detail::enter_copying(modes, name.data(), name.size(), kind);
    }
    ~scope() {
        if (frame_ != nullptr) [[unlikely]]
            detail::leave(frame_);
    }
    scope(scope const&) = delete;
    scope& operator=(scope const&) = delete;

private:
    detail::frame* frame_ = nullptr;
};

#endif

}  // namespace poise::profile
