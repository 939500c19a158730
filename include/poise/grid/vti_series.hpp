// SPDX-License-Identifier: MIT
// Fields at one time after another, for ParaView and VisIt.
#pragma once

#include <poise/grid/vti.hpp>

#include <cstddef>
#include <string>

namespace poise::grid {

/// Writes a .pvd file, which names a file of each time. It is whole after every add(), so that a viewer may open it
/// while a computation goes on.
///   grid::vti_series series{"heat.pvd", {.name = "T"}};
///   series.add(0.0, u);                       // heat_0000.vti
///   series.add(0.1, u);                       // heat_0001.vti
/// Files of one name are replaced. Each add() writes the .pvd anew, some 50 bytes for each time. Not thread-safe.
class vti_series {
public:
    /// Throws std::invalid_argument unless the path names a file that ends in ".pvd", without control characters.
    explicit vti_series(std::string path, vti_options options = {});

    /// Writes path_0000.vti, path_0001.vti and so on beside the .pvd, of a stretched grid .vtr, and the .pvd anew.
    /// Throws std::invalid_argument for a time that is not finite or not above the one before, and what write_vti()
    /// throws; the .pvd is then as it was.
    template <std::size_t D>
    void add(double time, field<D> const& u);

    [[nodiscard]] std::size_t size() const noexcept { return n_times_; }

private:
    std::string path_;
    vti_options options_;
    std::string entries_;
    std::size_t n_times_ = 0;
    double last_time_ = 0.0;
};

}  // namespace poise::grid
