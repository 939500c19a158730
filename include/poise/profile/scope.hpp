// SPDX-License-Identifier: MIT
// A block of code that is timed. This header goes into every hot file, so it includes nothing.
#pragma once

namespace poise::profile {

/// What a scope stands for in the trace.
enum class category : unsigned char { phase, task };

/// How a scope is recorded.
///  - automatic: as options::scopes says for the program; demoted when it costs too much, options::overhead_budget
///  - off: not at all
///  - counted: calls and memory, no clock
///  - sampled: every call counted; the first 16 timed, then one of 16, at random places; times are estimates
///  - timed: every call, by two plain readings of the processor's counter
///  - precise: the second reading waits until what stands before it is done; 10 ns more
enum class mode : unsigned char { automatic, off, counted, sampled, timed, precise };

namespace detail {

struct frame;

using size_type = decltype(sizeof 0);

/// The line of a scope, what it stands for and how it is recorded: known when compiling, and one number.
using traits = unsigned;
constexpr traits traits_of(unsigned line, category kind, mode how) noexcept {
    return line << 4 | static_cast<unsigned>(how) << 1 | static_cast<unsigned>(kind);
}

// Low byte: what is on, and the program's mode. The rest: how often reset() was called, so that a thread sees all with
// one load.
extern unsigned active_modes;
inline constexpr unsigned enabled_bit = 1;
inline constexpr unsigned memory_bit = 2;
inline constexpr unsigned trace_bit = 4;
inline unsigned load_modes() noexcept { return __atomic_load_n(&active_modes, __ATOMIC_RELAXED); }

frame* enter(unsigned modes, char const* text, unsigned size, char const* file, traits how) noexcept;
frame* enter_copying(unsigned modes, char const* text, size_type size, char const* file, traits how) noexcept;
void leave(frame* entered) noexcept;
void add_bytes(frame* entered, double bytes) noexcept;
void add_flops(frame* entered, double flops) noexcept;
void set_task(frame* entered, unsigned long id) noexcept;
void add_edge(frame* entered, unsigned long from) noexcept;

template <class Text>
concept text = requires(Text const& t) {
    static_cast<char const*>(t.data());
    static_cast<size_type>(t.size());
};

/// std::source_location and what looks like it.
template <class Location>
concept location = requires(Location const& l) {
    static_cast<char const*>(l.function_name());
    static_cast<char const*>(l.file_name());
    static_cast<unsigned>(l.line());
};

}  // namespace detail

/// A name that lives as long as the program: a string literal, or a constant array of static storage. Anything else,
/// such as a local array of char, does not compile. Keeps the place in the source where it was written.
class literal {
public:
    template <detail::size_type Size>
    consteval literal(char const (&text)[Size], char const* file = __builtin_FILE(), unsigned line = __builtin_LINE())
        : text_{text}, file_{file}, line_{line} {
        while (size_ < Size && text[size_] != '\0') ++size_;
    }
    [[nodiscard]] constexpr char const* text() const noexcept { return text_; }
    [[nodiscard]] constexpr unsigned size() const noexcept { return size_; }
    [[nodiscard]] constexpr char const* file() const noexcept { return file_; }
    [[nodiscard]] constexpr unsigned line() const noexcept { return line_; }

private:
    char const* text_;
    char const* file_;
    unsigned size_ = 0;
    unsigned line_;
};

#ifdef POISE_PROFILE_COMPILED_OUT

// Another name than the real one, so that files compiled either way may be linked together.
inline namespace compiled_out {

class [[maybe_unused]] scope {
public:
    [[nodiscard]] constexpr explicit scope(literal, category = category::phase, mode = mode::automatic) noexcept {}
    [[nodiscard]] constexpr scope(literal, mode) noexcept {}
    [[nodiscard]] constexpr explicit scope(detail::text auto const&, category = category::phase,
                                           mode = mode::automatic) noexcept {}
    [[nodiscard]] constexpr scope(detail::text auto const&, mode) noexcept {}
    [[nodiscard]] constexpr explicit scope(detail::location auto const&, category = category::phase,
                                           mode = mode::automatic) noexcept {}
    scope(scope const&) = delete;
    scope& operator=(scope const&) = delete;

    constexpr scope& bytes(double) noexcept { return *this; }
    constexpr scope& flops(double) noexcept { return *this; }
    constexpr scope& task(unsigned long) noexcept { return *this; }
    constexpr scope& after(unsigned long) noexcept { return *this; }
};

}  // namespace compiled_out

#else

/// Times the block it stands in, under the scope open around it on this thread: profile::scope timing{"assemble"};
/// Each thread has a call tree of its own; report() joins them by name. A scope that is entered again from within
/// itself (same literal on the same line, or same copied name) is one node: its inclusive time counts the outermost
/// call alone.
/// Names: a literal; anything with data() and size(), which is copied (the first 255 bytes) when seen first; or
/// std::source_location::current(), which names the function it is called in.
/// Never throws, never allocates with new. Must be left on the thread that entered it, in reverse order.
/// Cost: off, one relaxed load and a predictable branch; counted or sampled, a few nanoseconds; timed, two clock
/// readings; for a copied name also its hash. With POISE_PROFILE_COMPILED_OUT defined: an empty class.
class scope {
public:
    [[nodiscard]] explicit scope(literal name, category kind = category::phase, mode how = mode::automatic) noexcept {
        unsigned const modes = detail::load_modes();
        if (modes & detail::enabled_bit) [[unlikely]]
            frame_ =
                detail::enter(modes, name.text(), name.size(), name.file(), detail::traits_of(name.line(), kind, how));
    }
    [[nodiscard]] scope(literal name, mode how) noexcept : scope{name, category::phase, how} {}

    [[nodiscard]] explicit scope(detail::text auto const& name, category kind = category::phase,
                                 mode how = mode::automatic, char const* file = __builtin_FILE(),
                                 unsigned line = __builtin_LINE()) noexcept {
        unsigned const modes = detail::load_modes();
        if (modes & detail::enabled_bit) [[unlikely]]
            frame_ = detail::enter_copying(modes, name.data(), name.size(), file, detail::traits_of(line, kind, how));
    }
    [[nodiscard]] scope(detail::text auto const& name, mode how, char const* file = __builtin_FILE(),
                        unsigned line = __builtin_LINE()) noexcept
        : scope{name, category::phase, how, file, line} {}

    [[nodiscard]] explicit scope(detail::location auto const& where, category kind = category::phase,
                                 mode how = mode::automatic) noexcept {
        unsigned const modes = detail::load_modes();
        if (modes & detail::enabled_bit) [[unlikely]] {
            char const* const name = where.function_name();
            frame_ = detail::enter(modes, name, static_cast<unsigned>(__builtin_strlen(name)), where.file_name(),
                                   detail::traits_of(static_cast<unsigned>(where.line()), kind, how));
        }
    }

    ~scope() {
        if (frame_ != nullptr) [[unlikely]]
            detail::leave(frame_);
    }
    scope(scope const&) = delete;
    scope& operator=(scope const&) = delete;

    /// Says what work is done here, for the rates in the report: bytes moved to and from memory, and floating-point
    /// operations. They add up over calls. Nothing when the scope is not recorded; about 2 ns.
    scope& bytes(double moved) noexcept {
        if (frame_ != nullptr) detail::add_bytes(frame_, moved);
        return *this;
    }
    scope& flops(double done) noexcept {
        if (frame_ != nullptr) detail::add_flops(frame_, done);
        return *this;
    }

    /// For executors: the number of the task this scope runs, from reserve_task_ids(), and the number of one whose
    /// result it waited for. The trace draws an arrow from that one to this.
    scope& task(unsigned long id) noexcept {
        if (frame_ != nullptr) detail::set_task(frame_, id);
        return *this;
    }
    scope& after(unsigned long id) noexcept {
        if (frame_ != nullptr) detail::add_edge(frame_, id);
        return *this;
    }

private:
    detail::frame* frame_ = nullptr;
};

#endif

}  // namespace poise::profile
