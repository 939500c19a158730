// SPDX-License-Identifier: MIT
#include "grid/xml_text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/vti_series.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace poise::grid {
namespace {

constexpr std::string_view extension = ".pvd";

std::string number_of_file(std::size_t n) {
    std::string const digits = concat(n);
    return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

}  // namespace

vti_series::vti_series(std::string path, vti_options options) : path_{std::move(path)}, options_{std::move(options)} {
    auto const name = std::string_view{path_}.substr(path_.rfind('/') + 1);
    POISE_REQUIRE(name.size() > extension.size() && name.ends_with(extension), "vti_series: the path is \"", path_,
                  "\"; name a file that ends in .pvd");
    POISE_REQUIRE(std::ranges::none_of(name, [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }),
                  "vti_series: the file's name has a control character, which XML has no way to write");
}

template <std::size_t D>
void vti_series::add(double time, field<D> const& u) {
    POISE_REQUIRE(std::isfinite(time), "vti_series: the time is ", time, "; it must be finite");
    POISE_REQUIRE(n_times_ == 0 || time > last_time_, "vti_series: the time is ", time, ", not above the one before, ",
                  last_time_);
    bool const is_uniform = u.grid().is_uniform();
    std::string const path = concat(path_.substr(0, path_.size() - extension.size()), "_", number_of_file(n_times_),
                                    is_uniform ? ".vti" : ".vtr");
    if (is_uniform)
        write_vti(path, u, options_);
    else
        write_vtr(path, u, options_);
    std::string const file = path.substr(path.rfind('/') + 1);  // relative to the .pvd
    std::string entries =
        concat(entries_, "    <DataSet timestep=\"", time, "\" file=\"", detail::xml_escaped(file), "\"/>\n");
    write_file(path_, concat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                             "<VTKFile type=\"Collection\" version=\"1.0\">\n  <Collection>\n", entries,
                             "  </Collection>\n</VTKFile>\n"));
    entries_ = std::move(entries);
    last_time_ = time;
    ++n_times_;
}

template void vti_series::add(double, field<1> const&);
template void vti_series::add(double, field<2> const&);
template void vti_series::add(double, field<3> const&);

}  // namespace poise::grid
