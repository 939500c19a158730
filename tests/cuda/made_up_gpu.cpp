// SPDX-License-Identifier: MIT
// The leaf's table, of a GPU that is a processor: programs that are linked with this have a cuda:0, which runs what a
// real one does, one thread after the other.
#include "cuda/made_up_gpu.hpp"

#include "core/cuda_api.hpp"
#include "cuda/host_machine.hpp"
#include "cuda/multigrid/conjugate_gradients.hpp"
#include "cuda/multigrid/hierarchy.hpp"

namespace poise_test {

made_up_gpu& the_gpu() {
    static made_up_gpu gpu;
    return gpu;
}

namespace {

namespace detail = poise::detail;

detail::cuda_overview look() {
    detail::cuda_overview seen;
    seen.n_gpus = 1;
    seen.driver_version = seen.runtime_version = 13000;
    return seen;
}

detail::cuda_gpu look_at(int) {
    detail::cuda_gpu seen;
    seen.compute_capability = 90;
    seen.n_multiprocessors = 1;
    return seen;
}

std::unique_ptr<detail::device_multigrid> make_multigrid(poise::device const&,
                                                         detail::device_multigrid_setup const& setup) {
    return poise::cuda::detail::make_multigrid<host_machine>(&the_gpu(), setup);
}
std::unique_ptr<detail::device_diffusion> make_diffusion(poise::device const&,
                                                         detail::device_diffusion_setup const& setup) {
    return poise::cuda::detail::make_diffusion<host_machine>(&the_gpu(), setup);
}

}  // namespace
}  // namespace poise_test

extern "C" poise::detail::cuda_api const* poise_cuda_api_2() {
    static constexpr poise::detail::cuda_api api{poise_test::look, poise_test::look_at, "9.0",
                                                 poise_test::make_multigrid, poise_test::make_diffusion};
    return &api;
}
