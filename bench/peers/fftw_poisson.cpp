// SPDX-License-Identifier: MIT
#include "peers/poisson.hpp"

#include <cmath>
#include <fftw3.h>
#include <numbers>
#include <vector>

namespace poise_bench {
namespace {

class fftw_solver : public poisson_peer {
public:
    fftw_solver(int dimension, std::ptrdiff_t n) : dimension_{dimension}, n_{static_cast<std::size_t>(n)} {
        size_ = 1;
        for (int d = 0; d < dimension; ++d) size_ *= n_;
        work_ = fftw_alloc_real(size_);
        std::vector<int> const extents(static_cast<std::size_t>(dimension), static_cast<int>(n));
        std::vector<fftw_r2r_kind> const kinds(static_cast<std::size_t>(dimension), FFTW_RODFT00);
        plan_ = fftw_plan_r2r(dimension, extents.data(), work_, work_, kinds.data(), FFTW_MEASURE);
        double const cells = static_cast<double>(n + 1);
        for (std::size_t k = 1; k <= n_; ++k) {
            double const s = std::sin(std::numbers::pi * static_cast<double>(k) / (2.0 * cells));
            eigenvalues_.push_back(4.0 * s * s * cells * cells);
        }
        scale_ = std::pow(2.0 * cells, -dimension);
    }
    ~fftw_solver() override {
        fftw_destroy_plan(plan_);
        fftw_free(work_);
    }

    void solve(std::span<double const> b, std::span<double> x) override {
        std::copy(b.begin(), b.end(), work_);
        fftw_execute(plan_);
        std::size_t const planes = dimension_ == 3 ? n_ : 1;
        for (std::size_t k = 0; k < planes; ++k)
            for (std::size_t j = 0; j < n_; ++j) {
                double const others = eigenvalues_[j] + (dimension_ == 3 ? eigenvalues_[k] : 0.0);
                double* const row = work_ + n_ * (j + n_ * k);
                for (std::size_t i = 0; i < n_; ++i) row[i] *= scale_ / (eigenvalues_[i] + others);
            }
        fftw_execute(plan_);
        std::copy(work_, work_ + size_, x.begin());
    }

private:
    int dimension_;
    std::size_t n_;
    std::size_t size_;
    double* work_;
    fftw_plan plan_;
    std::vector<double> eigenvalues_;
    double scale_;
};

}  // namespace

std::unique_ptr<poisson_peer> fftw_poisson(int dimension, std::ptrdiff_t n) {
    return std::make_unique<fftw_solver>(dimension, n);
}

}  // namespace poise_bench
