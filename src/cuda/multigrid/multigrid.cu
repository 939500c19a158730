// SPDX-License-Identifier: MIT
#include "cuda/device_machine.hpp"
#include "cuda/multigrid/hierarchy.hpp"
#include "cuda/multigrid/multigrid.hpp"

namespace poise::cuda::detail {

std::unique_ptr<poise::detail::device_multigrid> make_multigrid_on_gpu(
    device const& where, poise::detail::device_multigrid_setup const& setup) {
    return make_multigrid<device_machine>(where, setup);
}

}  // namespace poise::cuda::detail
