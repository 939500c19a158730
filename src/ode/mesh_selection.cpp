// SPDX-License-Identifier: MIT
#include <poise/ode/detail/mesh_selection.hpp>

#include <algorithm>
#include <cmath>

namespace poise::ode::detail {

double integral_of(std::span<double const> mesh, std::span<double const> densities) noexcept {
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < mesh.size(); ++i)
        sum += 0.5 * (densities[i] + densities[i + 1]) * (mesh[i + 1] - mesh[i]);
    return sum;
}

std::vector<double> equidistribute(std::span<double const> mesh, std::span<double const> densities,
                                   std::size_t n_intervals) {
    std::size_t const m = mesh.size() - 1;
    double const length = mesh.back() - mesh.front(), total = integral_of(mesh, densities);
    double const evenly = total > 0.0 ? 0.25 * total / length : 1.0;
    double const share = (total + evenly * length) / static_cast<double>(n_intervals);
    std::vector<double> result(n_intervals + 1);
    result.front() = mesh.front();
    std::size_t interval = 0;
    double before = 0.0;  // what lies before the interval
    auto const of_interval = [&] {
        double const mean = 0.5 * (densities[interval] + densities[interval + 1]) + evenly;
        return mean * (mesh[interval + 1] - mesh[interval]);
    };
    for (std::size_t i = 1; i < n_intervals; ++i) {
        double const goal = share * static_cast<double>(i);
        while (interval + 1 < m && before + of_interval() < goal) {
            before += of_interval();
            ++interval;
        }
        // left θ + (right − left) θ²/2 = wanted, the root that stays where both densities are the same.
        double const h = mesh[interval + 1] - mesh[interval];
        double const left = densities[interval] + evenly, right = densities[interval + 1] + evenly;
        double const wanted = (goal - before) / h;
        double const root = std::sqrt(std::max(left * left + 2.0 * (right - left) * wanted, 0.0));
        result[i] = mesh[interval] + std::clamp(2.0 * wanted / (left + root), 0.0, 1.0) * h;
    }
    result.back() = mesh.back();
    return result;
}

std::vector<double> halve(std::span<double const> mesh) {
    std::vector<double> result(2 * mesh.size() - 1);
    for (std::size_t i = 0; i + 1 < mesh.size(); ++i) {
        result[2 * i] = mesh[i];
        result[2 * i + 1] = mesh[i] + 0.5 * (mesh[i + 1] - mesh[i]);
    }
    result.back() = mesh.back();
    return result;
}

std::vector<double> coarsen(std::span<double const> mesh) {
    std::vector<double> result;
    result.reserve(mesh.size() / 2 + 2);
    for (std::size_t i = 0; i + 1 < mesh.size(); i += 2) result.push_back(mesh[i]);
    result.push_back(mesh.back());
    return result;
}

std::vector<double> equal_mesh(double begin, double end, std::size_t n_intervals) {
    std::vector<double> result(n_intervals + 1);
    for (std::size_t i = 0; i < n_intervals; ++i)
        result[i] = begin + (end - begin) * (static_cast<double>(i) / static_cast<double>(n_intervals));
    result.back() = end;
    return result;
}

}  // namespace poise::ode::detail
