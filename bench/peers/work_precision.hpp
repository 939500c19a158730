// SPDX-License-Identifier: MIT
// What a digit costs: times of a solver over its errors, as tolerances tighten.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace poise_bench {

inline double thread_cpu_s() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct work_point {
    double seconds;
    double error;
};
using work_curve = std::vector<work_point>;

/// run(rtol) -> error. Curves of all of them, in rounds: each tolerance by each rival in turn, the quickest of
/// `rounds`.
template <class Run>
std::vector<work_curve> measure(std::vector<Run> const& rivals, std::vector<double> const& tolerances, int rounds) {
    std::vector<work_curve> curves(rivals.size());
    for (double const rtol : tolerances) {
        std::vector<work_point> best(rivals.size(), {std::numeric_limits<double>::infinity(), 0.0});
        for (int round = 0; round < rounds; ++round)
            for (std::size_t i = 0; i < rivals.size(); ++i) {
                double const begin = thread_cpu_s();
                double const error = rivals[i](rtol);
                best[i] = {std::min(best[i].seconds, thread_cpu_s() - begin), error};
            }
        for (std::size_t i = 0; i < rivals.size(); ++i) curves[i].push_back(best[i]);
    }
    return curves;
}

/// Time for that error, by lines between points in logarithms: the least where a curve passes it several times; of the
/// loosest tolerance where that does better. NaN where none of the tolerances reach it.
inline double seconds_for(work_curve const& curve, double error) {
    if (curve.front().error <= error) return curve.front().seconds;
    double least = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
        double const a = std::log(curve[i].error), b = std::log(curve[i + 1].error), x = std::log(error);
        if (!((a - x) * (b - x) <= 0.0) || a == b) continue;
        double const from = std::log(curve[i].seconds), to = std::log(curve[i + 1].seconds);
        double const here = std::exp(from + (x - a) / (b - a) * (to - from));
        if (!(least <= here)) least = here;
    }
    return least;
}

/// Curves as a file of lines "problem,rival,seconds,error", which plot_curves.py draws; without a name, none.
class curve_file {
public:
    explicit curve_file(char const* name) : file_{name != nullptr ? std::fopen(name, "w") : nullptr, std::fclose} {
        if (file_) std::fprintf(file_.get(), "problem,rival,seconds,error\n");
    }
    void add(std::string const& problem, std::string const& rival, work_curve const& curve) {
        if (!file_) return;
        for (auto const& point : curve)
            std::fprintf(file_.get(), "\"%s\",\"%s\",%.4g,%.4g\n", problem.c_str(), rival.c_str(), point.seconds,
                         point.error);
    }

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace poise_bench
