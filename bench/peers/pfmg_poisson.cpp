// SPDX-License-Identifier: MIT
#include "peers/begin_mpi.hpp"
#include "peers/poisson.hpp"

#include <HYPRE_struct_ls.h>

#include <array>
#include <vector>

namespace poise_bench {
namespace {

class pfmg_solver : public poisson_peer {
public:
    pfmg_solver(int dimension, std::ptrdiff_t n) {
        begin_mpi();
        for (int d = 0; d < dimension; ++d) upper_[static_cast<std::size_t>(d)] = static_cast<int>(n) - 1;
        HYPRE_StructGridCreate(MPI_COMM_SELF, dimension, &grid_);
        HYPRE_StructGridSetExtents(grid_, lower_.data(), upper_.data());
        HYPRE_StructGridAssemble(grid_);
        // Half of the symmetric stencil: the point and its lower neighbours.
        HYPRE_StructStencilCreate(dimension, dimension + 1, &stencil_);
        std::vector<int> entries(static_cast<std::size_t>(dimension) + 1);
        for (int e = 0; e <= dimension; ++e) {
            std::array<int, 3> offset{};
            if (e > 0) offset[static_cast<std::size_t>(e - 1)] = -1;
            HYPRE_StructStencilSetElement(stencil_, e, offset.data());
            entries[static_cast<std::size_t>(e)] = e;
        }
        HYPRE_StructMatrixCreate(MPI_COMM_SELF, grid_, stencil_, &A_);
        HYPRE_StructMatrixSetSymmetric(A_, 1);
        HYPRE_StructMatrixInitialize(A_);
        double const cells = static_cast<double>(n + 1), coupling = cells * cells;
        std::size_t size = 1;
        for (int d = 0; d < dimension; ++d) size *= static_cast<std::size_t>(n);
        std::vector<double> values;
        values.reserve(size * entries.size());
        for (std::size_t i = 0; i < size; ++i) {
            values.push_back(2.0 * dimension * coupling);
            for (int d = 0; d < dimension; ++d) values.push_back(-coupling);
        }
        HYPRE_StructMatrixSetBoxValues(A_, lower_.data(), upper_.data(), dimension + 1, entries.data(), values.data());
        std::vector<double> const zeros(size, 0.0);
        for (int d = 0; d < dimension; ++d) {  // what leaves the box
            auto face = upper_;
            face[static_cast<std::size_t>(d)] = 0;
            int entry = d + 1;
            HYPRE_StructMatrixSetBoxValues(A_, lower_.data(), face.data(), 1, &entry,
                                           const_cast<double*>(zeros.data()));
        }
        HYPRE_StructMatrixAssemble(A_);
        for (auto* vector : {&b_, &x_}) {
            HYPRE_StructVectorCreate(MPI_COMM_SELF, grid_, vector);
            HYPRE_StructVectorInitialize(*vector);
            HYPRE_StructVectorAssemble(*vector);
        }
        HYPRE_StructPFMGCreate(MPI_COMM_SELF, &pfmg_);
        HYPRE_StructPFMGSetMaxIter(pfmg_, 1);
        HYPRE_StructPFMGSetTol(pfmg_, 0.0);
        HYPRE_StructPFMGSetZeroGuess(pfmg_);
        HYPRE_StructPFMGSetRAPType(pfmg_, 1);
        HYPRE_StructPFMGSetRelaxType(pfmg_, 2);
        HYPRE_StructPFMGSetNumPreRelax(pfmg_, 1);
        HYPRE_StructPFMGSetNumPostRelax(pfmg_, 1);
        HYPRE_StructPFMGSetSkipRelax(pfmg_, 1);
        HYPRE_StructPCGCreate(MPI_COMM_SELF, &cg_);
        HYPRE_StructPCGSetMaxIter(cg_, 200);
        HYPRE_StructPCGSetTol(cg_, 1e-8);
        HYPRE_StructPCGSetTwoNorm(cg_, 1);
        HYPRE_StructPCGSetPrecond(cg_, HYPRE_StructPFMGSolve, HYPRE_StructPFMGSetup, pfmg_);
        HYPRE_StructPCGSetup(cg_, A_, b_, x_);
    }
    ~pfmg_solver() override {
        HYPRE_StructPCGDestroy(cg_);
        HYPRE_StructPFMGDestroy(pfmg_);
        HYPRE_StructVectorDestroy(x_);
        HYPRE_StructVectorDestroy(b_);
        HYPRE_StructMatrixDestroy(A_);
        HYPRE_StructStencilDestroy(stencil_);
        HYPRE_StructGridDestroy(grid_);
    }

    void solve(std::span<double const> b, std::span<double> x) override {
        HYPRE_StructVectorSetBoxValues(b_, lower_.data(), upper_.data(), const_cast<double*>(b.data()));
        HYPRE_StructVectorSetConstantValues(x_, 0.0);
        HYPRE_StructPCGSolve(cg_, A_, b_, x_);
        HYPRE_StructVectorGetBoxValues(x_, lower_.data(), upper_.data(), x.data());
    }

private:
    std::array<int, 3> lower_{}, upper_{};
    HYPRE_StructGrid grid_ = nullptr;
    HYPRE_StructStencil stencil_ = nullptr;
    HYPRE_StructMatrix A_ = nullptr;
    HYPRE_StructVector b_ = nullptr, x_ = nullptr;
    HYPRE_StructSolver pfmg_ = nullptr, cg_ = nullptr;
};

}  // namespace

std::unique_ptr<poisson_peer> pfmg_poisson(int dimension, std::ptrdiff_t n) {
    return std::make_unique<pfmg_solver>(dimension, n);
}

}  // namespace poise_bench
