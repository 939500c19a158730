// SPDX-License-Identifier: MIT
// Every allocation of what grid does fails, once and from then on: no crash, no leak, and what was there before is
// there afterwards; of a file the old one, or the new one whole.
#include "support/failing_allocations.hpp"
#include "support/temporary_folder.hpp"

#include <poise/grid.hpp>

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace poise;
using namespace poise::grid;
using poise_test::content_of;
using poise_test::fail_each_allocation;
using poise_test::failure;

// libpng is a shared library, which the linker leaves alone; its allocator can be given with what it writes to.
extern "C" {
static png_voidp failing_png_malloc(png_structp, png_alloc_size_t size) { return __wrap_malloc(size); }
static void failing_png_free(png_structp, png_voidp block) { __wrap_free(block); }

png_structp __wrap_png_create_write_struct(png_const_charp version, png_voidp error_pointer, png_error_ptr error,
                                           png_error_ptr warning);
png_structp __wrap_png_create_write_struct(png_const_charp version, png_voidp error_pointer, png_error_ptr error,
                                           png_error_ptr warning) {
    return png_create_write_struct_2(version, error_pointer, error, warning, nullptr, failing_png_malloc,
                                     failing_png_free);
}
}

namespace {

// Rough, and not symmetric in any way.
template <std::size_t D>
double value_at(point<D> const& x) {
    double sum = 1.0;
    for (double const t : x) sum = sum / (t + 0.3) + t;
    return sum;
}

template <std::size_t D>
cartesian<D> grid_of(std::ptrdiff_t n, centering where = centering::cell) {
    extents<D> cells;
    for (std::size_t d = 0; d < D; ++d) cells[d] = n + static_cast<std::ptrdiff_t>(d);
    return cartesian<D>{{.cells = cells, .centering = where}};
}

// Of cells that widen.
template <std::size_t D>
cartesian<D> stretched_grid_of(std::ptrdiff_t n) {
    cartesian_options<D> options;
    for (auto& faces : options.faces)
        for (std::ptrdiff_t i = 0; i <= n; ++i) faces.push_back(static_cast<double>(i * (i + 1)));
    return cartesian<D>{options};
}

template <std::size_t D>
field<D> field_on(cartesian<D> const& grid) {
    field<D> u{grid};
    for_each_point(grid, [&](std::size_t i, point<D> const& x) { u.values()[i] = value_at<D>(x); });
    return u;
}

template <std::size_t D>
std::vector<double> numbers(field<D> const& u) {
    return {u.values().begin(), u.values().end()};
}

class GridAllocationFailure : public testing::TestWithParam<failure> {
protected:
    // make() -> a value that compares: the same after each failure.
    template <class Make>
    void of(Make const& make, int least_failures = 1) {
        auto const expected = make();
        fail_each_allocation(
            GetParam(), [&] { (void)make(); }, [&] { EXPECT_EQ(make(), expected); }, least_failures);
    }

    template <std::size_t D>
    void of_fields() {
        auto const u = field_on(grid_of<D>(5)), v = field_on(grid_of<D>(5));
        of([&] { return numbers(field<D>{u.grid(), 2.0}); }, 2);
        of([&] { return numbers(u + v); }, 2);
        of([&] { return numbers(3.0 * (u - 0.5 * v)); }, 3);
        of([&] { return integral(u) + inner_product(u, v) + norm_l1(u) + norm_l2(u); }, 3);
        of([&] { return numbers(interpolate(u, grid_of<D>(7, centering::node))); }, 2);
        of([&] { return numbers(gradient(u).back()); }, static_cast<int>(D) + 1);
        if constexpr (D > 1) of([&] { return numbers(slice(u, D - 1, 0.4)); }, 2);
    }

    // What an assignment that fails leaves is a field on one grid or the other, with its values.
    template <std::size_t D>
    void of_assignments() {
        field<D> const small = field_on(grid_of<D>(3)), large = field_on(grid_of<D>(9));
        field<D> u = small;
        auto const expect_whole = [&] {
            ASSERT_EQ(u.grid(), small.grid());
            EXPECT_EQ(numbers(u), numbers(small));
        };
        fail_each_allocation(
            GetParam(), [&] { u = large; }, expect_whole, 1);
        EXPECT_EQ(numbers(u), numbers(large));
        scalar_function<D> f{small};
        fail_each_allocation(
            GetParam(), [&] { f = scalar_function<D>{large}; },
            [&] { EXPECT_EQ(numbers(*f.values()), numbers(small)); }, 1);
    }

    template <std::size_t D>
    void of_functions() {
        auto const grid = grid_of<D>(4);
        std::array<double, 9> const table{1.0, 2.0, 3.0};  // too much to be kept in a std::function itself
        auto const f = [table](auto... x) { return (x + ...) * table[2]; };
        auto const values_of = [&](scalar_function<D> const& function) {
            std::vector<double> values(grid.size());
            function.evaluate(grid, values);
            return values;
        };
        of([&] { return values_of(f); }, 2);
        of([&] { return values_of(field_on(grid)); }, 2);
        of(
            [&] {
                boundary<D> sides = robin{f, 2.0};
                sides.on(side::x_upper, dirichlet{f});
                return sides.at(side::x_lower).coefficient(uniform_point<D>(0.5)) +
                       sides.at(side::x_upper).value(uniform_point<D>(0.25));
            },
            4);
        // A side that cannot be set stays what it was.
        boundary<D> sides = dirichlet{1.0};
        fail_each_allocation(
            GetParam(), [&] { sides.on(side::x_lower, neumann{f}); },
            [&] { EXPECT_EQ(*sides.at(side::x_lower).value.constant(), 1.0); }, 1);
    }

    static std::ptrdiff_t n_open_files() {
        std::filesystem::directory_iterator const files{"/proc/self/fd"};
        return std::distance(files, {});
    }

    // write(path). Of memory that libpng lacks it tells in an error of its own.
    template <class Write>
    void of_writer(Write const& write, int least_failures) {
        poise_test::temporary_folder const folder;
        std::string const path = folder.write("u", "old");
        write(path);
        std::string const whole = content_of(path);
        folder.write("u", "old");
        std::ptrdiff_t const n_open = n_open_files();
        bool is_told = true;
        auto const act = [&] {
            try {
                write(path);
            } catch (file_error const&) {
                throw;
            } catch (error const& thrown) {
                is_told = is_told && std::string_view{thrown.what()}.find("emory") != std::string_view::npos;
                throw std::bad_alloc{};
            }
        };
        auto const check = [&] {
            std::string const content = content_of(path);
            EXPECT_TRUE(content == "old" || content == whole) << content.size() << " bytes";
            EXPECT_EQ(folder.n_entries(), 1) << "a temporary file is left";
            EXPECT_EQ(n_open_files(), n_open);
            folder.write("u", "old");
        };
        fail_each_allocation(GetParam(), act, check, least_failures);
        EXPECT_TRUE(content_of(path) == whole);
        EXPECT_TRUE(is_told) << "an error says nothing of memory";
    }

    template <std::size_t D>
    void of_tables_and_arrays() {
        for (auto const where : {centering::cell, centering::node}) {
            auto const u = field_on(grid_of<D>(2, where));
            of_writer([&](std::string const& path) { write_npy(path, u); }, 5);
            of_writer([&](std::string const& path) { write_vti(path, u, {.name = "temperature & <pressure>"}); }, 5);
            of_writer([&](std::string const& path) { write_csv(path, u); }, 5);
        }
    }

    // A time that could not be added can be added again; until then the .pvd knows nothing of it.
    template <std::size_t D>
    void of_a_series(field<D> const& u) {
        poise_test::temporary_folder const folder;
        std::string const path = folder.path("u.pvd");
        vti_series series{path, {.name = "u & <v>"}};
        series.add(0.0, u);
        std::string const with_one = content_of(path);
        fail_each_allocation(
            GetParam(), [&] { series.add(1.0, u); },
            [&] {
                EXPECT_TRUE(content_of(path) == with_one);
                EXPECT_EQ(series.size(), 1U);
            },
            5);
        EXPECT_EQ(series.size(), 2U);
        EXPECT_NE(content_of(path).find("u_0001"), std::string::npos);
    }

    template <class Read>
    void of_reader(Read const& read, int least_failures) {
        std::ptrdiff_t const n_open = n_open_files();
        of(read, least_failures);
        EXPECT_EQ(n_open_files(), n_open);
    }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Cases, GridAllocationFailure, testing::Values(failure::once, failure::lasting),
                         [](auto const& instance) {
                             return std::string{instance.param == failure::once ? "Once" : "Lasting"};
                         });

TEST_P(GridAllocationFailure, OfFields) {
    of_fields<1>();
    of_fields<2>();
    of_fields<3>();
}

TEST_P(GridAllocationFailure, OfAssignments) {
    of_assignments<1>();
    of_assignments<2>();
    of_assignments<3>();
}

TEST_P(GridAllocationFailure, OfFunctionsAndBoundaries) {
    of_functions<1>();
    of_functions<2>();
    of_functions<3>();
}

TEST_P(GridAllocationFailure, OfTablesAndArrays) {
    of_tables_and_arrays<1>();
    of_tables_and_arrays<2>();
    of_tables_and_arrays<3>();
}

TEST_P(GridAllocationFailure, OfStretchedGrids) {
    of(
        [&] {
            auto const stretched = stretched_grid_of<3>(4);
            return std::vector<double>{stretched.faces(2).begin(), stretched.faces(2).end()};
        },
        3);
    auto const u = field_on(stretched_grid_of<2>(4));
    of([&] { return numbers(slice(u, 0, 3.0)); }, 2);
    of([&] { return numbers(gradient(u).front()); }, 2);
    of_writer([&](std::string const& path) { write_vtr(path, u); }, 5);
}

TEST_P(GridAllocationFailure, OfASeries) {
    of_a_series(field_on(grid_of<2>(3)));
    of_a_series(field_on(stretched_grid_of<3>(2)));
}

// More than the file keeps before it writes.
TEST_P(GridAllocationFailure, OfALargeFile) {
    auto const u = field_on(grid_of<2>(400));
    of_writer([&](std::string const& path) { write_npy(path, u); }, 5);
    of_writer([&](std::string const& path) { write_vti(path, u); }, 5);
}

TEST_P(GridAllocationFailure, OfReadingAnArray) {
    poise_test::temporary_folder const folder;
    auto const u = field_on(grid_of<3>(4));
    std::string const path = folder.path("u.npy");
    write_npy(path, u);
    std::string const bytes = content_of(path);
    auto const contents = [](npy_array const& array) { return std::tuple{array.shape, array.values}; };
    of_reader([&] { return contents(read_npy(path)); }, 5);
    of_reader([&] { return contents(from_npy(bytes)); }, 5);
    of_reader([&] { return numbers(read_npy(path, u.grid())); }, 5);
    std::string fortran = bytes;
    fortran.replace(fortran.find("False"), 5, "True ");
    of_reader([&] { return contents(from_npy(fortran)); }, 5);
}

// A reason that cannot be told is no reason to forget that there was one.
TEST_P(GridAllocationFailure, OfWhatARefusalSays) {
    poise_test::temporary_folder const folder;
    std::string const damaged = folder.write("damaged.npy", "\x93NUMPY, or was it");
    auto const u = field_on(grid_of<2>(4));
    auto const refuses = [](auto const& act) {
        try {
            act();
        } catch (std::bad_alloc const&) {
            throw;
        } catch (std::exception const& thrown) {
            return std::string{thrown.what()};
        }
        return std::string{};
    };
    of([&] { return refuses([&] { (void)read_npy(damaged); }); }, 2);
    of([&] { return refuses([&] { write_npy(folder.path("missing/u.npy"), u); }); }, 2);
    of([&] { return refuses([&] { (void)interpolate(u, {2.0, 0.5}); }); }, 2);
    EXPECT_EQ(folder.n_entries(), 1);
}

TEST_P(GridAllocationFailure, OfAHeatMap) {
    auto u = field_on(grid_of<2>(12, centering::node));
    u(3, 4) = std::numeric_limits<double>::quiet_NaN();
    png_options const options{.title = "A title that has to be shortened, as it is wider than the picture",
                              .unit = "W/m\u00b2",
                              .width_pixels = 300,
                              .map = colour_map::viridis,
                              .contours = 7,
                              .outlines = {{{0.1, 0.2}, {0.4, 0.8}, "a core"}, {{0.5, 0.1}, {0.55, 0.9}, "upright"}},
                              .length_unit = "mm"};
    of_writer([&](std::string const& path) { write_png(path, u, options); }, 30);
}

TEST_P(GridAllocationFailure, OfALinePlot) {
    auto u = field_on(grid_of<1>(40));
    u(7) = std::numeric_limits<double>::infinity();
    png_options const options{.title = "a line", .unit = "K", .width_pixels = 300, .length_unit = "mm"};
    of_writer([&](std::string const& path) { write_png(path, u, options); }, 30);
}
