// SPDX-License-Identifier: MIT
// Lesson 11: a workflow of named steps, in which one branch fails.
//
// A study as workflow tools describe it: object, method, inputs by name, in any order. Two models share a mesh; the
// second one is stated wrongly. In parallel order what does not need it goes on; in sequential order the first error
// ends the study.
//
// Run:      11_workflow_with_a_failing_branch
// Look at:  - which steps were completed, and which did not run because of whom;
//           - that results of completed steps are there all the same;
//           - run_all: one method over many objects, some of which fail.
#include <poise/pde.hpp>
#include <poise/task.hpp>

#include <cstddef>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

using namespace poise;

namespace {

struct model {
    double shift;

    [[nodiscard]] double peak(grid::cartesian<2> const& mesh) const {
        auto const solved = pde::solve(pde::helmholtz<2>{.domain = mesh, .shift = shift, .source = 1.0});
        return grid::extrema(solved.u.values()).max;
    }
};

double mean(double a, double b) { return 0.5 * (a + b); }

void tell(char const* how, task::workflow_result const& done) {
    std::cout << how << ": " << (done ? "success" : "not everything succeeded") << "\n  completed:";
    for (auto const& step : done.steps_completed()) std::cout << ' ' << step;
    std::cout << '\n' << done.errors();
}

}  // namespace

int main() {
    model const good{10.0}, wrong{std::numeric_limits<double>::infinity()};

    task::workflow study;
    study.step("compare", mean, {"good", "wrong"})
        .step("mesh",
              [] {
                  return grid::cartesian<2>{{.cells = {64, 64}}};
              })
        .step("good", good, &model::peak, {"mesh"})
        .step("wrong", wrong, &model::peak, {"mesh"})
        .step("double", [](double peak) { return 2.0 * peak; }, {"good"})
        .step("archive", [] {}, {}, {"double"});  // after it, without its result

    auto const parallel = study.run();
    tell("parallel", parallel);
    std::cout << "  double: " << parallel.get<double>("double") << "\n\n";

    tell("sequential", study.run(task::order::sequential));

    std::vector<model> const models{{0.0}, {1.0}, wrong, {100.0}};
    auto const peaks = task::workflow::run_all(models, &model::peak, grid::cartesian<2>{{.cells = {64, 64}}});
    std::cout << "\nrun_all: " << peaks[0].value() << ' ' << peaks[1].value() << ' '
              << (peaks[2] ? "?" : peaks[2].record().message) << ' ' << peaks[3].value() << '\n';
}

// Possibilities for extensions: study.run(task::order::parallel, task::processes(2)): a step that crashes is one that
// failed; a step that needs itself, to read the message.
