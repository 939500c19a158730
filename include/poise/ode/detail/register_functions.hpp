// SPDX-License-Identifier: MIT
// Private to ode: arithmetic on two registers of one instruction set: while one waits for what comes before it, the
// other is at work. No guard: registers.hpp includes it for each of them, with its name and its functions as macros.
#ifdef POISE_REGISTERS

struct POISE_REGISTERS {
    using real = double;
    typedef double vector __attribute__((vector_size(POISE_REGISTER_BYTES)));
    typedef long long integers __attribute__((vector_size(POISE_REGISTER_BYTES)));
    struct numbers {
        vector low, high;
    };
    struct mask {
        integers low, high;  // all bits of a lane or none
    };
    static constexpr std::size_t n_lanes = 2 * POISE_REGISTER_BYTES / sizeof(double);

    // Less 0, so that -0 stays what it is.
    POISE_TARGETED static void set(numbers& r, double x) noexcept { r.low = r.high = x - vector{}; }
    POISE_TARGETED static void add(numbers& r, numbers const& a, numbers const& b) noexcept {
        r.low = a.low + b.low, r.high = a.high + b.high;
    }
    POISE_TARGETED static void subtract(numbers& r, numbers const& a, numbers const& b) noexcept {
        r.low = a.low - b.low, r.high = a.high - b.high;
    }
    POISE_TARGETED static void multiply(numbers& r, numbers const& a, numbers const& b) noexcept {
        r.low = a.low * b.low, r.high = a.high * b.high;
    }
    POISE_TARGETED static void divide(numbers& r, numbers const& a, numbers const& b) noexcept {
        r.low = a.low / b.low, r.high = a.high / b.high;
    }
    POISE_TARGETED static void negate(numbers& r, numbers const& a) noexcept { r.low = -a.low, r.high = -a.high; }
    POISE_TARGETED static void sqrt(numbers& r, numbers const& a) noexcept {
        r.low = POISE_REGISTER_SQRT(a.low), r.high = POISE_REGISTER_SQRT(a.high);
    }
    POISE_TARGETED static void abs(numbers& r, numbers const& a) noexcept {
        r.low = (vector)((integers)a.low & 0x7FFFFFFFFFFFFFFFLL);
        r.high = (vector)((integers)a.high & 0x7FFFFFFFFFFFFFFFLL);
    }
    POISE_TARGETED static void less(mask& m, numbers const& a, numbers const& b) noexcept {
        m.low = (integers)(a.low < b.low), m.high = (integers)(a.high < b.high);
    }
    POISE_TARGETED static void less_equal(mask& m, numbers const& a, numbers const& b) noexcept {
        m.low = (integers)(a.low <= b.low), m.high = (integers)(a.high <= b.high);
    }
    POISE_TARGETED static void equal(mask& m, numbers const& a, numbers const& b) noexcept {
        m.low = (integers)(a.low == b.low), m.high = (integers)(a.high == b.high);
    }
    POISE_TARGETED static void both(mask& m, mask const& a, mask const& b) noexcept {
        m.low = a.low & b.low, m.high = a.high & b.high;
    }
    POISE_TARGETED static void either(mask& m, mask const& a, mask const& b) noexcept {
        m.low = a.low | b.low, m.high = a.high | b.high;
    }
    POISE_TARGETED static void invert(mask& m, mask const& a) noexcept { m.low = ~a.low, m.high = ~a.high; }
    POISE_TARGETED static void select(numbers& r, mask const& m, numbers const& a, numbers const& b) noexcept {
        r.low = m.low ? a.low : b.low, r.high = m.high ? a.high : b.high;
    }
    /// a = m 2ᵉ with m in [√½, √2), a positive and normal.
    POISE_TARGETED static void exponent(numbers& e, numbers& m, numbers const& a) noexcept {
        exponent(e.low, m.low, a.low);
        exponent(e.high, m.high, a.high);
    }
    /// a 2ⁿ, n whole; the result normal.
    POISE_TARGETED static void scale(numbers& r, numbers const& a, numbers const& n) noexcept {
        scale(r.low, a.low, n.low);
        scale(r.high, a.high, n.high);
    }
    /// Bit l is that of lane l.
    POISE_TARGETED static void to_bits(unsigned& bits, mask const& m) noexcept {
        bits = static_cast<unsigned>(POISE_REGISTER_BITS(m.low)) | static_cast<unsigned>(POISE_REGISTER_BITS(m.high))
                                                                       << (n_lanes / 2);
    }

private:
    // A whole number n is in the last bits of 1.5·2⁵² + n. Shifts that care for signs are not to be had everywhere.
    static constexpr double whole = 6755399441055744.0;
    static constexpr long long whole_bits = 0x4338000000000000LL, root_half_bits = 0x3FE6A09E667F3BCDLL;

    POISE_TARGETED static void exponent(vector& e, vector& m, vector const& a) noexcept {
        typedef unsigned long long unsigned_integers __attribute__((vector_size(POISE_REGISTER_BYTES)));
        unsigned_integers const bits = (unsigned_integers)a;
        unsigned_integers const biased =
            ((bits - (unsigned long long)root_half_bits + (1024ULL << 52)) >> 52) - 1024ULL;
        e = (vector)(biased + (unsigned long long)whole_bits) - whole;
        m = (vector)(bits - (biased << 52));
    }
    POISE_TARGETED static void scale(vector& r, vector const& a, vector const& n) noexcept {
        typedef unsigned long long unsigned_integers __attribute__((vector_size(POISE_REGISTER_BYTES)));
        r = (vector)((unsigned_integers)a + (((unsigned_integers)(n + whole) - (unsigned long long)whole_bits) << 52));
    }
};

#undef POISE_REGISTERS
#undef POISE_REGISTER_BYTES
#undef POISE_TARGETED
#undef POISE_REGISTER_SQRT
#undef POISE_REGISTER_BITS
#endif
