// SPDX-License-Identifier: MIT
// The table "Matrices" of docs/hard-input.md: what every solver and preconditioner makes of a matrix that is bad or
// hard. A cell is an answer that was checked, an error whose message names what is wrong, or the report's reason.
#include "linear/matrices.hpp"

#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/bicgstab.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/chebyshev.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/gmres.hpp>
#include <poise/linear/ic0.hpp>
#include <poise/linear/ilu0.hpp>
#include <poise/linear/minres.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using linear::cholesky_backend;
using linear::lu_backend;
using linear::stop_reason;
using poise_test::from_dense;
using vector = std::vector<double>;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

/// Arrays as a caller may have them, right or wrong.
struct arrays {
    index_t n_rows = 0, n_cols = 0;
    std::vector<index_t> row_start{0}, columns{};
    vector values{};

    [[nodiscard]] linear::csr_view view() const { return {n_rows, n_cols, row_start, columns, values}; }
};

arrays stored(std::vector<vector> const& dense) {
    auto const A = from_dense(dense);
    auto const [n_rows, n_cols, row_start, columns, values] = A.view();
    return {n_rows,
            n_cols,
            {row_start.begin(), row_start.end()},
            {columns.begin(), columns.end()},
            {values.begin(), values.end()}};
}

/// What else is right than the one solution: any x with A x = b; any whose residual meets the tolerance, where that
/// asks nothing of rows that are smaller by more.
enum class right { the_solution, any_solution, any_small_residual };

struct row {
    std::string input;
    arrays A;
    vector b;
    vector exact{};                     ///< empty where there is no solution, or where no method may give one
    std::vector<std::string> says{""};  ///< the message of an error has one of them
    right what = right::the_solution;
};

struct method {
    std::string name;
    std::function<linear::solve_report(row const&, std::span<double>)> solve;
};

linear::krylov_options const krylov{.rtol = 1e-12, .max_iterations = 1000};

template <class Options>
auto by_factor(Options options) {
    return [options](row const& input, std::span<double> x) {
        using factor = std::conditional_t<std::is_same_v<Options, linear::lu_options>, linear::lu, linear::cholesky>;
        return linear::direct_solve(factor{input.A.view(), options}, input.A.view(), input.b, x, {.rtol = 1e-12});
    };
}
template <class Preconditioner>
auto cg_with(row const& input, std::span<double> x) {
    Preconditioner const M{input.A.view()};
    return linear::cg(input.A.view(), input.b, x, krylov, M);
}

std::vector<method> methods() {
    return {
        {"`cholesky`, CHOLMOD", by_factor(linear::cholesky_options{.backend = cholesky_backend::cholmod})},
        {"`cholesky`, Eigen", by_factor(linear::cholesky_options{.backend = cholesky_backend::eigen})},
        {"`lu`, UMFPACK", by_factor(linear::lu_options{.backend = lu_backend::umfpack})},
        {"`lu`, Eigen", by_factor(linear::lu_options{.backend = lu_backend::eigen})},
        {"`cg`", [](row const& in, std::span<double> x) { return linear::cg(in.A.view(), in.b, x, krylov); }},
        {"`minres`", [](row const& in, std::span<double> x) { return linear::minres(in.A.view(), in.b, x, krylov); }},
        {"`bicgstab`",
         [](row const& in, std::span<double> x) { return linear::bicgstab(in.A.view(), in.b, x, krylov); }},
        {"`gmres`",
         [](row const& in, std::span<double> x) {
             return linear::gmres(in.A.view(), in.b, x, {.rtol = 1e-12, .max_iterations = 1000});
         }},
        {"`jacobi`", cg_with<linear::jacobi>},
        {"`ilu0`",
         [](row const& in, std::span<double> x) {
             linear::ilu0 const M{in.A.view()};
             return linear::gmres(in.A.view(), in.b, x, {.rtol = 1e-12, .max_iterations = 1000}, M);
         }},
        {"`ic0`", cg_with<linear::ic0>},
        {"`chebyshev`", cg_with<linear::chebyshev>},
    };
}

// [4 1 0; 1 5 2; 0 2 6], which everything solves, times a scale; x = (1, 2, 3).
arrays good(double scale = 1.0) {
    return stored({{4 * scale, 1 * scale, 0}, {1 * scale, 5 * scale, 2 * scale}, {0, 2 * scale, 6 * scale}});
}
arrays with_value(double value) {  // at (1, 2) and (2, 1)
    auto A = good();
    A.values[4] = A.values[5] = value;
    return A;
}

// Rows of A that are no matrix.
std::vector<row> structures() {
    auto twice = good(), falling = good(), beyond = good(), negative = good(), few = good(), short_start = good(),
         unsorted = good();
    twice.columns = {0, 1, 0, 1, 1, 2, 1, 2}, twice.values = {4, 1, 1, 2, 3, 2, 2, 6}, twice.row_start = {0, 2, 6, 8};
    unsorted.columns = {1, 0, 2, 0, 1, 2, 1}, unsorted.values = {1, 4, 2, 1, 5, 6, 2};
    falling.row_start = {0, 5, 2, 7};
    beyond.columns[3] = 3;
    negative.columns[3] = -1;
    few.columns.pop_back();
    short_start.row_start.pop_back();
    vector const b{6, 17, 22}, exact{1, 2, 3};
    return {
        {"rows that fall in `row_start`", falling, b, {}, {"row_start falls from 5 to 2 at row 1"}},
        {"a `row_start` too short", short_start, b, {}, {"row_start has 3 entries, a matrix of 3 rows needs 4"}},
        {"fewer columns than values", few, b, {}, {"6 columns for 7 values"}},
        {"a column beyond the last", beyond, b, {}, {"row 1 has column 3 of 3"}},
        {"a negative column", negative, b, {}, {"row 1 has column -1 of 3"}},
        {"a column twice in a row", twice, b, exact, {"row 1 has column 1 after 1"}},
        {"columns that do not ascend", unsorted, b, exact, {"row 0 has column 0 after 1"}},
    };
}

std::vector<row> rows() {
    auto zeros = good(), stored_zeros = stored({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    zeros.row_start = {0, 0, 0, 0}, zeros.columns.clear(), zeros.values.clear();
    stored_zeros.values = {0, 0, 0};
    auto subnormal_pivot = stored({{1, 1e-310}, {1e-310, 1}});
    subnormal_pivot.values = {1e-310, 0, 0, 1};
    auto nan_in_b = row{"NaN in b", good(), {6, nan, 22}, {}, {"b[1] is nan", "b is nan"}};
    std::vector<row> all{
        {"no rows", {}, {}, {}},
        {"one row", stored({{4}}), {8}, {2}},
        {"nothing stored", zeros, {1, 2, 3}, {}, {"A(0, 0) is not stored", "not positive definite", "row 0 of A"}},
        {"zeros stored", stored_zeros, {1, 2, 3}, {}, {"A(0, 0) is 0", "pivot", "row 0 of A"}},
        {"more columns than rows", stored({{1, 2, 3}, {2, 4, 5}}), {1, 2}, {}, {"2 x 3"}},
        {"more rows than columns", stored({{1, 2}, {2, 4}, {3, 5}}), {1, 2, 3}, {}, {"3 x 2"}},
    };
    std::ranges::move(structures(), std::back_inserter(all));
    std::vector<row> const values{
        {"NaN", with_value(nan), {6, 17, 22}, {}, {"A(1, 2) is nan"}},
        {"infinity", with_value(infinity), {6, 17, 22}, {}, {"A(1, 2) is inf"}},
        nan_in_b,
        {"entries of 10³⁰⁰", good(1e300), {6e300, 17e300, 22e300}, {1, 2, 3}},
        {"entries of 10⁻³⁰⁰", good(1e-300), {6e-300, 17e-300, 22e-300}, {1, 2, 3}},
        {"one row, subnormal", stored({{1e-320}}), {2e-320}, {2}, {"A(0, 0) is 1e-320", "pivot of row 0 is"}},
        {"a pivot that is subnormal",
         subnormal_pivot,
         {1e-310, 2},
         {1, 2},
         {"A(0, 0) is 1e-310", "pivot of row 0 is"},
         right::any_small_residual},
        {"rows of 10⁻¹⁵⁰ and 10¹⁵⁰",
         stored({{1e-150, 0}, {0, 1e150}}),
         {1e-150, 2e150},
         {1, 2},
         {""},
         right::any_small_residual},
        {"not symmetric",
         stored({{4, 1, 0}, {2, 5, 3}, {0, 1, 6}}),
         {6, 21, 20},
         {1, 2, 3},
         {"A(0, 1) = 1, but A(1, 0) = 2"}},
        {"not symmetric in structure",
         stored({{4, 1, 0}, {0, 5, 3}, {0, 1, 6}}),
         {6, 19, 20},
         {1, 2, 3},
         {"A(1, 0) = not stored"}},
        {"indefinite", stored({{1, 2}, {2, 1}}), {5, 4}, {1, 2}, {"not positive definite"}},
        {"negative definite", stored({{-4, 1}, {1, -4}}), {-2, -7}, {1, 2}, {"not positive definite", "A(0, 0) is -4"}},
        {"indefinite, nothing on the diagonal",
         stored({{0, 1}, {1, 0}}),
         {2, 1},
         {1, 2},
         {"not positive definite", "A(0, 0) is not stored"}},
        {"an empty row and column",
         stored({{4, 0, 1}, {0, 0, 0}, {1, 0, 4}}),
         {1, 2, 3},
         {},
         {"not positive definite", "row 1 of A", "A(1, 1) is not stored"}},
        {"two rows with entries in one column",
         stored({{1, 1, 1}, {1, 0, 0}, {1, 0, 0}}),
         {3, 1, 2},
         {},
         {"not positive definite", "has no pivot left", "A(1, 1) is not stored"}},
        {"singular, b in its range",
         stored({{1, -1, 0}, {-1, 2, -1}, {0, -1, 1}}),
         {-1, 0, 1},
         {-1, 0, 1},
         {"not positive definite", "has no pivot left", "pivot of row 2 is 0"},
         right::any_solution},
        {"singular, b not in its range",
         stored({{1, -1, 0}, {-1, 2, -1}, {0, -1, 1}}),
         {1, 1, 1},
         {},
         {"not positive definite", "has no pivot left", "pivot of row 2 is 0"}},
    };
    all.insert(all.end(), values.begin(), values.end());
    return all;
}

// Residuals are below 10⁻¹² ‖b‖, and conditions below 100 but for the scale of rows.
bool is_right(row const& input, vector const& x) {
    if (input.A.n_rows == 0) return true;
    if (input.exact.empty()) return false;
    bool near = true;
    double const shift = input.what == right::any_solution ? x[0] - input.exact[0] : 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) near = near && std::abs(x[i] - shift - input.exact[i]) <= 1e-9;
    return near;
}

bool has_small_residual(row const& input, vector const& x) {
    vector r(x.size());
    linear::residual(input.A.view(), x, input.b, r);
    return norm2(r) <= 1e-12 * norm2(input.b);
}

std::string judge(row const& input, method const& by, vector const& x, linear::solve_report const& report) {
    if (!report) return report.reason == stop_reason::max_iterations ? "gave up" : to_string(report.reason);
    if (is_right(input, x)) return "solved";
    if (input.what == right::any_small_residual && has_small_residual(input, x)) return "small residual";
    ADD_FAILURE() << input.input << ", " << by.name << ": a wrong answer, " << report;
    return "wrong";
}

std::string cell_of(row const& input, method const& by) {
    auto const because = [&](std::exception const& error, char const* kind) {
        bool const is_said = std::ranges::any_of(
            input.says, [&](auto const& says) { return std::string{error.what()}.find(says) != std::string::npos; });
        EXPECT_TRUE(is_said) << input.input << ", " << by.name << ": " << error.what();
        return kind;
    };
    vector x(input.b.size());
    try {
        auto const report = by.solve(input, x);
        return judge(input, by, x, report);
    } catch (std::invalid_argument const& error) {
        return because(error, "refused");
    } catch (linear::not_positive_definite const& error) {
        return because(error, "not definite");
    } catch (linear::singular_matrix const& error) {
        return because(error, "singular");
    }
}

}  // namespace

TEST(HardMatrices, AreSolvedOrRefusedAsThePageSays) {
    if (!linear::has_cholmod() || !linear::has_umfpack()) GTEST_SKIP() << "built without SuiteSparse";
    std::ostringstream table;
    auto const by = methods();
    table << "| A |";
    for (auto const& each : by) table << ' ' << each.name << " |";
    table << "\n|---|";
    for (std::size_t m = 0; m < by.size(); ++m) table << "---|";
    table << '\n';
    for (auto const& input : rows()) {
        table << "| " << input.input << " |";
        for (auto const& each : by) table << ' ' << cell_of(input, each) << " |";
        table << '\n';
    }
    std::ifstream page{POISE_DOCS "/hard-input.md"};
    std::string const text{std::istreambuf_iterator<char>{page}, {}};
    EXPECT_NE(text.find(table.str()), std::string::npos) << "docs/hard-input.md should have\n" << table.str();
}
