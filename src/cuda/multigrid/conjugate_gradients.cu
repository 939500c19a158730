// SPDX-License-Identifier: MIT
#include "cuda/device_machine.hpp"
#include "cuda/multigrid/conjugate_gradients.hpp"
#include "cuda/multigrid/multigrid.hpp"

namespace poise::cuda::detail {

std::unique_ptr<poise::detail::device_diffusion> make_diffusion_on_gpu(
    device const& where, poise::detail::device_diffusion_setup const& setup) {
    return make_diffusion<device_machine>(where, setup);
}

}  // namespace poise::cuda::detail
