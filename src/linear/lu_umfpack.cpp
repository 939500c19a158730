// SPDX-License-Identifier: MIT
#include "core/serial_blas.hpp"
#include "linear/lu_factorisation.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>
#include <poise/profile/memory.hpp>

#include <umfpack.h>

#include <algorithm>
#include <array>
#include <vector>

namespace poise::linear {

bool has_umfpack() noexcept { return true; }

namespace detail {
namespace {

using integer = SuiteSparse_long;
static_assert(sizeof(integer) == sizeof(long));

// Smaller tolerances leave sparser factors and larger errors; UMFPACK's own for the diagonal, 0.001, lets |L| grow to
// 1000, which a solve without refinement would show.
constexpr double pivot_tolerance = 0.1;

struct parameters {
    explicit parameters(bool has_ordering) {
        umfpack_dl_defaults(values.data());
        values[UMFPACK_PRL] = 0;
        values[UMFPACK_IRSTEP] = 0;                  // direct_solve() refines
        values[UMFPACK_SCALE] = UMFPACK_SCALE_NONE;  // lu scales, rows and columns
        values[UMFPACK_PIVOT_TOLERANCE] = values[UMFPACK_SYM_PIVOT_TOLERANCE] = pivot_tolerance;
        if (has_ordering) values[UMFPACK_STRATEGY] = UMFPACK_STRATEGY_SYMMETRIC;
    }
    std::array<double, UMFPACK_CONTROL> values;
};

using information = std::array<double, UMFPACK_INFO>;

std::size_t bytes_in(information const& info, int units) {
    return static_cast<std::size_t>(std::max(0.0, info[units] * info[UMFPACK_SIZE_OF_UNIT]));
}

std::string factors_of(index_t n) { return concat("the LU factors of ", n, " unknowns"); }

void check(integer status, char const* step, index_t n, std::size_t needed_bytes) {
    if (status == UMFPACK_OK) return;
    if (status == UMFPACK_ERROR_out_of_memory)
        throw not_enough_memory{factors_of(n), needed_bytes, available_memory_bytes()};
    throw error{concat("UMFPACK failed in ", step, " with status ", static_cast<long long>(status))};
}

// Rows of A as columns, in UMFPACK's integers.
struct columns_of_transposed {
    explicit columns_of_transposed(csr_view const& A)
        : start(A.row_start.begin(), A.row_start.end()), rows(A.columns.begin(), A.columns.end()) {}
    std::vector<integer> start, rows;
};

// Owns a Symbolic or Numeric object and tells the profiler of its bytes, which bypass operator new.
template <void (*free_object)(void**)>
class object {
public:
    object() = default;
    ~object() {
        if (handle_ != nullptr) free_object(&handle_);
        profile::account_memory(-accounted_);
    }
    object(object const&) = delete;
    object& operator=(object const&) = delete;

    [[nodiscard]] void** out() noexcept { return &handle_; }
    [[nodiscard]] void* get() const noexcept { return handle_; }
    void account(std::size_t bytes) noexcept {
        accounted_ = static_cast<std::ptrdiff_t>(bytes);
        profile::account_memory(accounted_);
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return static_cast<std::size_t>(accounted_); }

private:
    void* handle_ = nullptr;
    std::ptrdiff_t accounted_ = 0;
};

using symbolic = object<umfpack_dl_free_symbolic>;
using numeric = object<umfpack_dl_free_numeric>;

class umfpack_factors final : public lu_factors {
public:
    umfpack_factors(csr_view const& A, symbolic const& analysed, parameters const& control, std::size_t needed_bytes)
        : n_{static_cast<std::size_t>(A.n_rows)}, control_{control} {
        // As below CHOLMOD: threads inside the fronts cost more than they gain, and change the bits.
        poise::detail::serial_blas const one_blas_thread;
        poise::detail::serial_openmp const no_regions;
        columns_of_transposed const columns{A};
        information info{};
        integer const status = umfpack_dl_numeric(columns.start.data(), columns.rows.data(), A.values.data(),
                                                  analysed.get(), numeric_.out(), control_.values.data(), info.data());
        if (status == UMFPACK_WARNING_singular_matrix) throw no_pivot(row_without_pivot(), A.n_rows);
        check(status, "the factorisation", A.n_rows, needed_bytes);
        numeric_.account(bytes_in(info, UMFPACK_NUMERIC_SIZE));
        n_entries_ = static_cast<std::size_t>(info[UMFPACK_LNZ] + info[UMFPACK_UNZ]);
    }

    void solve(lu_system system, std::span<double const> c, std::span<double> y, lu_workspace& work) const override {
        work.numbers.resize(n_);
        work.indices.resize(n_);
        integer const status = umfpack_dl_wsolve(
            system == lu_system::matrix ? UMFPACK_Aat : UMFPACK_A, nullptr, nullptr, nullptr, y.data(), c.data(),
            numeric_.get(), control_.values.data(), nullptr, work.indices.data(), work.numbers.data());
        check(status, "a solve", static_cast<index_t>(n_), 0);
    }

    std::size_t n_entries() const noexcept override { return n_entries_; }
    std::size_t bytes() const noexcept override { return numeric_.bytes(); }

private:
    // Of Aᵀ it is a column.
    [[nodiscard]] index_t row_without_pivot() const {
        std::vector<integer> order(n_);
        std::vector<double> diagonal(n_);
        integer is_reciprocal = 0;
        integer const status =
            umfpack_dl_get_numeric(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, order.data(),
                                   diagonal.data(), &is_reciprocal, nullptr, numeric_.get());
        check(status, "reading the pivots", static_cast<index_t>(n_), 0);
        auto const pivot = std::ranges::find(diagonal, 0.0);
        return pivot == diagonal.end()
                   ? singular_matrix::unknown
                   : static_cast<index_t>(order[static_cast<std::size_t>(pivot - diagonal.begin())]);
    }

    std::size_t n_;
    parameters const& control_;  // the analysis's, which outlives its factors
    numeric numeric_;
    std::size_t n_entries_ = 0;
};

class umfpack_analysis final : public lu_analysis {
public:
    umfpack_analysis(csr_view const& A, std::span<index_t const> ordering) : control_{!ordering.empty()} {
        columns_of_transposed const columns{A};
        std::vector<integer> const order(ordering.begin(), ordering.end());
        information info{};
        auto const n = static_cast<integer>(A.n_rows);
        integer const status =
            order.empty() ? umfpack_dl_symbolic(n, n, columns.start.data(), columns.rows.data(), A.values.data(),
                                                symbolic_.out(), control_.values.data(), info.data())
                          : umfpack_dl_qsymbolic(n, n, columns.start.data(), columns.rows.data(), A.values.data(),
                                                 order.data(), symbolic_.out(), control_.values.data(), info.data());
        check(status, "the analysis", A.n_rows, columns.rows.size() * sizeof(integer));
        symbolic_.account(bytes_in(info, UMFPACK_SYMBOLIC_SIZE));
        needed_bytes_ = first_demand(info, static_cast<double>(A.n_entries()), static_cast<double>(n));
    }

    std::unique_ptr<lu_factors const> factor(csr_view const& A) const override {
        require_memory(static_cast<double>(needed_bytes_), [&] { return factors_of(A.n_rows); });
        return std::make_unique<umfpack_factors const>(A, symbolic_, control_, needed_bytes_);
    }

    lu_backend backend() const noexcept override { return lu_backend::umfpack; }
    std::size_t bytes() const noexcept override { return symbolic_.bytes(); }

private:
    // What UMFPACK asks for when it begins: a share of an upper bound, which grows where it must.
    // Source: UMFPACK User Guide, Control [UMFPACK_ALLOC_INIT].
    [[nodiscard]] std::size_t first_demand(information const& info, double n_entries, double n) const {
        double share = control_.values[UMFPACK_ALLOC_INIT];
        if (info[UMFPACK_STRATEGY_USED] == UMFPACK_STRATEGY_SYMMETRIC && info[UMFPACK_SYMMETRIC_LUNZ] > 0.0)
            share = 1.2 * (n_entries + info[UMFPACK_SYMMETRIC_LUNZ]) /
                    (info[UMFPACK_LNZ_ESTIMATE] + info[UMFPACK_UNZ_ESTIMATE] - n);
        return static_cast<std::size_t>(std::min(share, 1.0) *
                                        static_cast<double>(bytes_in(info, UMFPACK_VARIABLE_PEAK_ESTIMATE)));
    }

    parameters control_;
    symbolic symbolic_;
    std::size_t needed_bytes_ = 0;
};

}  // namespace

std::unique_ptr<lu_analysis const> analyse_with_umfpack(csr_view const& A, std::span<index_t const> ordering) {
    return std::make_unique<umfpack_analysis const>(A, ordering);
}

}  // namespace detail
}  // namespace poise::linear
