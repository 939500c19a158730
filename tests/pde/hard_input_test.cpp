// SPDX-License-Identifier: MIT
// The table of docs/hard-input.md: what every method makes of input that is bad or hard. A cell is an answer that was
// checked, or an error whose message names the value.
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using grid::side;
using pde::method;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
constexpr std::array methods{method::automatic, method::fast_transform, method::direct, method::multigrid,
                             method::conjugate_gradients};

struct row {
    std::string input;
    /// Solves by a method; false when the answer is wrong.
    std::function<bool(method)> solve;
    std::string says{};  ///< what the message of a refusal must have
};

// u = sin(πx) sin(πy), of which a second-order scheme on 24 × 20 cells misses less than 1 %.
double u_exact(double x, double y) { return std::sin(std::numbers::pi * x) * std::sin(std::numbers::pi * y); }
double f_exact(double x, double y) { return 2.0 * std::numbers::pi * std::numbers::pi * u_exact(x, y); }
grid::cartesian<2> const square{{.cells = {24, 20}}};

bool is_near(grid::field<2> const& u, auto const& exact, double tolerance) {
    bool near = true;
    grid::for_each_point(u.grid(), [&](std::size_t i, grid::point<2> const& x) {
        near = near && std::abs(u.values()[i] - exact(x[0], x[1])) <= tolerance;
    });
    return near;
}

// The exact solution times a scale, of a problem that is changed in one thing.
auto scaled(double scale, double kappa, std::ptrdiff_t nx = 24, std::ptrdiff_t ny = 20) {
    return [=](method by) {
        pde::diffusion<2> const problem{.domain = grid::cartesian<2>{{.cells = {nx, ny}}},
                                        .kappa = [=](double, double) { return kappa; },
                                        .source = [=](double x, double y) { return scale * (kappa * f_exact(x, y)); }};
        auto as_numbers = problem;
        as_numbers.kappa = kappa;
        auto const u = pde::solve(by == method::fast_transform ? as_numbers : problem, {.method = by}).u;
        double const h = 1.0 / static_cast<double>(std::min(nx, ny));
        return is_near(
            u, [=](double x, double y) { return scale * u_exact(x, y); }, scale * (h * h + 1e-6));
    };
}

// Refused whatever the answer would be: reaching one is wrong.
auto refused(auto problem) {
    return [=](method by) {
        (void)pde::solve(problem, {.method = by});
        return false;
    };
}
auto with_source(grid::scalar_function<2> source) { return pde::poisson<2>{.domain = square, .source = source}; }
auto with_kappa(grid::scalar_function<2> kappa) { return pde::diffusion<2>{.domain = square, .kappa = kappa}; }
auto with_sigma(grid::scalar_function<2> sigma) { return pde::diffusion<2>{.domain = square, .sigma = sigma}; }
// By the source that the exact solution has with this σ.
auto with_negative_sigma(grid::scalar_function<2> sigma) {
    return [=](method by) {
        auto const source = [=](double x, double y) { return f_exact(x, y) + sigma({x, y}) * u_exact(x, y); };
        auto const u =
            pde::solve(pde::diffusion<2>{.domain = square, .sigma = sigma, .source = source}, {.method = by}).u;
        return is_near(u, u_exact, 0.02);
    };
}
// Of the matrix that Σ sin(πx) sin(πy) is an eigenvector of.
double lowest_eigenvalue() {
    double sum = 0.0;
    for (double const n : {24.0, 20.0}) sum += std::pow(2.0 * n * std::sin(std::numbers::pi / (2.0 * n)), 2);
    return sum;
}
// u = 2, whose mean is no one's to remove.
bool solves_insulated(method by, grid::scalar_function<2> const& sigma) {
    auto const source = [=](double x, double y) { return 2.0 * sigma({x, y}); };
    auto const [u, report] = pde::solve(
        pde::diffusion<2>{.domain = square, .sigma = sigma, .source = source, .boundary = grid::neumann{0.0}},
        {.method = by});
    return is_near(
               u, [](double, double) { return 2.0; }, 1e-10) &&
           report.removed_mean == 0.0;
}
auto with_side(grid::condition<2> what) {
    return pde::poisson<2>{.domain = square,
                           .boundary = grid::boundary<2>{grid::dirichlet{0.0}}.on(side::y_upper, what)};
}
auto at_one_point(double value, double elsewhere) {
    return [=](double x, double y) { return x > 0.5 && x < 0.55 && y > 0.5 && y < 0.56 ? value : elsewhere; };
}

// Layers in series along x are met exactly: the flux is 1 over the sum of thickness / κ.
bool solves_layers(method by, double jump) {
    auto const kappa = [=](double x, double) { return x < 0.5 ? 1.0 : jump; };
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}
                           .on(side::x_lower, grid::dirichlet{0.0})
                           .on(side::x_upper, grid::dirichlet{1.0});
    auto const u = pde::solve(pde::diffusion<2>{.domain = square, .kappa = kappa, .boundary = sides},
                              {.rtol = 1e-12, .method = by})
                       .u;
    double const flux = 1.0 / (0.5 + 0.5 / jump);
    auto const exact = [=](double x, double) { return flux * (x < 0.5 ? x : 0.5 + (x - 0.5) / jump); };
    return is_near(u, exact, 1e-6);
}

// From 0 to 1 between the ends in x, nothing through the others: any widths of cells meet it exactly.
bool solves_a_ramp(method by, std::vector<double> const& faces) {
    grid::cartesian_options<2> options{.upper = {1.0, faces.back()}, .cells = {0, 20}};
    options.faces[0] = faces;
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}
                           .on(side::x_lower, grid::dirichlet{0.0})
                           .on(side::x_upper, grid::dirichlet{1.0});
    auto const u = pde::solve(pde::poisson<2>{.domain = grid::cartesian<2>{options}, .boundary = sides},
                              {.rtol = 1e-12, .method = by})
                       .u;
    return is_near(
        u, [&](double x, double) { return x / faces.back(); }, 1e-6);
}

pde::solve_options with_fourth_order(method by) { return {.method = by, .scheme = pde::scheme::compact_fourth_order}; }

bool solves_without_walls(method by, double mean, grid::boundary<2> const& sides) {
    auto const source = [=](double x, double y) {
        return mean + 5 * std::numbers::pi * std::numbers::pi * std::cos(std::numbers::pi * x) *
                          std::cos(2 * std::numbers::pi * y);
    };
    grid::cartesian<2> const domain{{.cells = {40, 40}}};
    auto const [u, report] =
        pde::solve(pde::poisson<2>{.domain = domain, .source = source, .boundary = sides}, {.method = by});
    auto const exact = [](double x, double y) {
        return std::cos(std::numbers::pi * x) * std::cos(2 * std::numbers::pi * y);
    };
    return is_near(u, exact, 0.02) && std::abs(report.removed_mean - mean) < 1e-10 &&
           std::abs(grid::integral(u)) < 1e-10;
}

std::vector<row> rows() {
    auto const insulated = grid::boundary<2>{grid::neumann{0.0}};
    auto const ring = grid::boundary<2>{grid::dirichlet{0.0}}.on(side::x_lower, grid::periodic{});
    return {
        {"a box of one cell",
         [](method by) {  // 8/h² u = f
             auto const u = pde::solve(pde::poisson<2>{.domain = grid::cartesian<2>{{.cells = {1, 1}}}, .source = 1.0},
                                       {.method = by})
                                .u;
             return std::abs(u.values()[0] - 0.125) < 1e-12;
         }},
        {"one row of cells",
         [](method by) {  // walls above and below hold u by 4 u, those at the ends are felt by a few cells
             auto const u =
                 pde::solve(pde::poisson<2>{.domain = grid::cartesian<2>{{.upper = {100.0, 1.0}, .cells = {100, 1}}},
                                            .source = 4.0},
                            {.method = by})
                     .u;
             return std::abs(u(50, 0) - 1.0) < 1e-6;
         }},
        {"no cells",
         [](method by) {
             return refused(pde::poisson<2>{.domain = grid::cartesian<2>{{.cells = {0, 4}}}})(by);
         },
         "0 cells in x"},
        {"cells a million times as long as wide",
         [](method by) {  // u = (y - y²)/2 but near the ends in x
             grid::cartesian<2> const flat{{.upper = {1.0, 1e-6}, .cells = {16, 32}}};
             auto const u = pde::solve(pde::poisson<2>{.domain = flat, .source = 1e12}, {.method = by}).u;
             return std::abs(u(8, 16) - 0.125) < 1e-3;
         }},
        {"cells that widen along x, 1.3 times each",
         [](method by) {
             std::vector<double> faces{0.0};
             for (int i = 0; i < 24; ++i) faces.push_back(faces.back() + std::pow(1.3, i));
             return solves_a_ramp(by, faces);
         }},
        {"a cell a million times as wide as its neighbours",
         [](method by) {
             std::vector<double> faces;
             for (int i = 0; i <= 12; ++i) faces.push_back(i);
             for (int i = 0; i <= 12; ++i) faces.push_back(1e6 + i);
             return solves_a_ramp(by, faces);
         }},
        {"faces that do not increase",
         [](method by) {
             return solves_a_ramp(by, {0.0, 0.5, 0.5, 1.0});
         },
         "face 2 in x is 0.5"},
        {"a face of NaN",
         [](method by) {
             return solves_a_ramp(by, {0.0, nan, 1.0});
         },
         "face 1 in x is nan"},
        {"one face", [](method by) { return solves_a_ramp(by, {0.0}); }, "faces in x has 1 place"},
        {"spacings whose 1/h² is no normal number",
         refused(pde::poisson<2>{.domain = grid::cartesian<2>{{.upper = {1e-160, 1.0}, .cells = {4, 4}}}}),
         "the spacing in x is"},
        {"10¹⁰ unknowns", refused(pde::poisson<2>{.domain = grid::cartesian<2>{{.cells = {100'000, 100'000}}}})},
        {"NaN in the source", refused(with_source(at_one_point(nan, 1.0))), "the source is nan at (0.5"},
        {"infinity in the source", refused(with_source(at_one_point(infinity, 1.0))), "the source is inf at (0.5"},
        {"a source on another grid", refused(with_source(grid::field<2>{grid::cartesian<2>{{.cells = {3, 3}}}})),
         "the source is a field on another grid, of 9 points"},
        {"a source of 10³⁰⁰", scaled(1e299, 1.0)},
        {"a source of 10⁻³⁰⁰", scaled(1e-301, 1.0)},
        {"a source of subnormal numbers",
         [](method by) {  // u has three digits at most
             auto const u = pde::solve(with_source(1e-320), {.method = by}).u;
             return std::abs(u(12, 10) / 7.37e-322 - 1.0) < 0.02;
         }},
        {"NaN in the data of a wall", refused(with_side(grid::dirichlet{nan})), "the boundary data is nan at (0.02"},
        {"infinite flux through a side", refused(with_side(grid::neumann{infinity})),
         "the boundary data is inf at (0.02"},
        {"a negative Robin coefficient", refused(with_side(grid::robin{-1.0, 0.0})), "Robin"},
        {"a Robin coefficient of NaN", refused(with_side(grid::robin{nan, 0.0})), "Robin"},
        {"κ of 0 at a point", refused(with_kappa(at_one_point(0.0, 1.0))), "kappa"},
        {"κ negative at a point", refused(with_kappa(at_one_point(-2.0, 1.0))), "kappa"},
        {"κ of NaN at a point", refused(with_kappa(at_one_point(nan, 1.0))), "kappa"},
        {"κ infinite at a point", refused(with_kappa(at_one_point(infinity, 1.0))), "kappa"},
        {"κ of 10³⁰⁰", scaled(1e-290, 1e300)},
        {"κ of 10⁻³⁰⁰", scaled(1e290, 1e-300)},
        {"κ of 10⁻³²⁰, subnormal", refused(with_kappa(1e-320)), "kappa"},
        {"κ that jumps by 10⁴", [](method by) { return solves_layers(by, 1e4); }, "kappa varies"},
        {"κ that jumps by 10¹²", [](method by) { return solves_layers(by, 1e12); }, "kappa varies"},
        {"σ of NaN at a point", refused(with_sigma(at_one_point(nan, 1.0))), "sigma"},
        {"σ of -30 everywhere", with_negative_sigma(-30.0), "sigma is -30"},
        {"σ negative at a point", with_negative_sigma(at_one_point(-50.0, 1.0)), "sigma"},
        {"σ on an eigenvalue of the grid", with_negative_sigma(-lowest_eigenvalue()), "minus the eigenvalue"},
        {"no wall, and σ of -1", [=](method by) { return solves_insulated(by, -1.0); }, "sigma is -1"},
        {"no wall, and σ of mean 0",
         [=](method by) {
             return solves_insulated(by, [](double x, double) { return 20.0 * std::cos(2.0 * std::numbers::pi * x); });
         },
         "sigma"},
        {"no wall, and a source that balances", [=](method by) { return solves_without_walls(by, 0.0, insulated); },
         "no side is Dirichlet and shift is 0"},
        {"no wall, and a source that does not", [=](method by) { return solves_without_walls(by, 3.0, insulated); },
         "no side is Dirichlet and shift is 0"},
        {"a wall's coefficient that rounding loses",
         [](method by) {  // 4 · 10⁻¹⁸ u = 1 for the sum over the cells
             auto const [u, report] =
                 pde::solve(pde::poisson<2>{.domain = square, .source = 1.0, .boundary = grid::robin{1e-18, 0.0}},
                            {.on_failure = pde::on_failure::return_report, .method = by});
             return std::abs(grid::integral(u) / 0.25e18 - 1.0) < 1e-3;
         }},
        {"a ring, and κ that varies",
         [=](method by) {
             auto const problem = pde::diffusion<2>{
                 .domain = square, .kappa = [](double, double y) { return 1.0 + y; }, .source = 1.0, .boundary = ring};
             auto const u =
                 pde::solve(problem, {.rtol = 1e-10, .method = by}).u;  // of y alone: (ln(1+y)/ln 2 - y) is exact
             return is_near(
                 u, [](double, double y) { return std::log1p(y) / std::numbers::ln2 - y; }, 1e-3);
         }},
        {"the fourth-order scheme",
         [](method by) {
             auto const u = pde::solve(with_source(f_exact), with_fourth_order(by)).u;
             return is_near(u, u_exact, 1e-4);
         }},
        {"the fourth-order scheme, and κ that varies",
         [](method by) {
             (void)pde::solve(with_kappa([](double x, double) { return 1.0 + x; }), with_fourth_order(by));
             return false;
         },
         "kappa varies"},
        {"the fourth-order scheme, and a Robin side",
         [](method by) {
             (void)pde::solve(with_side(grid::robin{1.0, 0.0}), with_fourth_order(by));
             return false;
         },
         "the upper side of y is Robin"},
        {"the fourth-order scheme on a stretched grid",
         [](method by) {
             grid::cartesian<2> const stretched{{.cells = {0, 3}, .faces = {{{0.0, 0.1, 0.4, 1.0}, {}}}}};
             (void)pde::solve(pde::poisson<2>{.domain = stretched, .source = 1.0}, with_fourth_order(by));
             return false;
         },
         "differ in width"},
        {"a tolerance of 0",
         [](method by) {
             auto const [u, report] = pde::solve(
                 with_source(f_exact), {.rtol = 0.0, .on_failure = pde::on_failure::return_report, .method = by});
             return is_near(u, u_exact, 0.01) && report.reason == linear::stop_reason::stagnated &&
                    report.attainable_residual > 0.0;
         }},
        {"a tolerance of NaN",
         [](method by) {
             (void)pde::solve(with_source(1.0), {.rtol = nan, .method = by});
             return false;
         },
         "rtol is nan"},
    };
}

std::string cell_of(row const& input, method by) {
    auto const because = [&](std::exception const& error, char const* kind) {
        EXPECT_NE(std::string{error.what()}.find(input.says), std::string::npos) << input.input << ": " << error.what();
        return kind;
    };
    try {
        bool const is_right = input.solve(by);
        EXPECT_TRUE(is_right) << input.input << ", method " << static_cast<int>(by) << ": a wrong answer";
        return is_right ? "solved" : "wrong";
    } catch (std::invalid_argument const& error) {
        // A method that is named for what it cannot do says so itself.
        std::string const said = error.what();
        if (said.find("method is ") == 0) return "not for it";
        if (said.find("multigrid: x is periodic") == 0) return "not for it";
        return because(error, "refused");
    } catch (not_enough_memory const& error) {
        return because(error, "no memory");
    } catch (not_converged const& error) {
        return because(error, "not converged");
    } catch (poise::error const& error) {
        ADD_FAILURE() << input.input << ": " << error.what();
        return "error";
    }
}

}  // namespace

TEST(HardInput, IsSolvedOrRefusedAsThePageSays) {
    std::ostringstream table;
    table << "| input | automatic | fast_transform | direct | multigrid | conjugate_gradients "
             "|\n|---|---|---|---|---|---|\n";
    int n_cells = 0;
    for (auto const& input : rows()) {
        table << "| " << input.input;
        for (auto const by : methods) {
            table << " | " << cell_of(input, by);
            ++n_cells;
        }
        table << " |\n";
    }
    EXPECT_GE(n_cells, 225);
    std::ifstream page{POISE_DOCS "/hard-input.md"};
    std::string const text{std::istreambuf_iterator<char>{page}, {}};
    EXPECT_NE(text.find(table.str()), std::string::npos) << "docs/hard-input.md should have\n" << table.str();
}
