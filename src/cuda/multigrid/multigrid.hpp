// SPDX-License-Identifier: MIT
// Private to src/: solvers on a GPU, for the table by which the layers below find it.
#pragma once

#include "core/device_diffusion.hpp"
#include "core/device_multigrid.hpp"

#include <poise/core/device.hpp>

#include <memory>

namespace poise::cuda::detail {

[[nodiscard]] std::unique_ptr<poise::detail::device_multigrid> make_multigrid_on_gpu(
    device const& where, poise::detail::device_multigrid_setup const& setup);
[[nodiscard]] std::unique_ptr<poise::detail::device_diffusion> make_diffusion_on_gpu(
    device const& where, poise::detail::device_diffusion_setup const& setup);

}  // namespace poise::cuda::detail
