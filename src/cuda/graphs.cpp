// SPDX-License-Identifier: MIT
#include "cuda/graphs.hpp"

#include "cuda/stream.hpp"

namespace poise::cuda::detail {

graphs::~graphs() {
    for (auto const& [which, graph] : made_) forget(cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph)));
}

void graphs::begin(queue const& of) {
    of.require(cudaStreamBeginCapture(stream_of(of), cudaStreamCaptureModeThreadLocal), "recording kernels");
}

void graphs::end(queue const& of, int which) {
    cudaGraph_t recorded = nullptr;
    of.require(cudaStreamEndCapture(stream_of(of), &recorded), "recording kernels");
    cudaGraphExec_t made = nullptr;
    auto const error = cudaGraphInstantiate(&made, recorded, 0);
    forget(cudaGraphDestroy(recorded));
    of.require(error, "making a graph of kernels");
    made_[which] = made;
}

void graphs::give_up(queue const& of) noexcept {
    cudaGraph_t recorded = nullptr;
    forget(cudaStreamEndCapture(stream_of(of), &recorded));
    if (recorded != nullptr) forget(cudaGraphDestroy(recorded));
}

void graphs::launch(queue const& of, int which) const {
    of.require(cudaGraphLaunch(static_cast<cudaGraphExec_t>(made_.at(which)), stream_of(of)), "starting kernels");
}

}  // namespace poise::cuda::detail
