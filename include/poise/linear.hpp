// SPDX-License-Identifier: MIT
// Everything of the layer linear. cg.hpp brings csr and krylov, direct_solve.hpp cholesky and lu, operator_cache.hpp
// diffusion_operator and transforms, laplacian_multigrid.hpp multigrid. Users of Eigen include its adaptor too.
#pragma once

#include <poise/linear/bicgstab.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/chebyshev.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/eigenvalues.hpp>
#include <poise/linear/gmres.hpp>
#include <poise/linear/ic0.hpp>
#include <poise/linear/ilu0.hpp>
#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/linear/matrix_market.hpp>
#include <poise/linear/minres.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/nested_dissection.hpp>
#include <poise/linear/operator_cache.hpp>
