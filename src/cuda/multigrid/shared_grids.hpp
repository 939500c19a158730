// SPDX-License-Identifier: MIT
// Private to src/: what all solves by a multigrid hierarchy share in the memory of a GPU.
#pragma once

#include "cuda/multigrid/coarser_grids.hpp"
#include "cuda/multigrid/packed_grids.hpp"
#include "cuda/multigrid/source.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace poise::cuda::detail {

// A machine does what it is told in that order:
//   Machine machine{place};
//   typename Machine::template array<T> numbers{machine, n, what}; numbers.data()
//   machine.upload(to, from); machine.download(to, from), of spans there and pointers on the GPU; both wait
//   machine.run(program)
//   machine.replay(which, record)      record() runs programs, the same ones whenever it is called with this number
template <class Machine, class T>
class shared_grids {
    template <class U>
    using array = typename Machine::template array<U>;

public:
    shared_grids(Machine& machine, poise::detail::device_multigrid_setup const& setup)
        : shared_grids{machine,
                       setup,
                       {setup.grids, diagonal_part::all},
                       {std::span{setup.grids}.first(1), diagonal_part::excess}} {}

    [[nodiscard]] grids_and_operators<T, sum_of_directions<T>> const& all() const noexcept { return all_; }
    /// But for b, x and numbers.
    [[nodiscard]] finest_system const& finest() const noexcept { return finest_; }
    [[nodiscard]] double scale() const noexcept { return scale_; }
    [[nodiscard]] double all_shares() const noexcept { return all_shares_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    static constexpr char const* what = "a multigrid hierarchy";

    shared_grids(Machine& machine, poise::detail::device_multigrid_setup const& setup, packed_grids<T> const& packed,
                 packed_grids<double> const& finest)
        : numbers_{machine, packed.numbers().size(), what},
          finest_numbers_{machine, finest.numbers().size(), what},
          shares_{machine, n_shares(setup), what},
          inverse_{machine, setup.coarsest_inverse.size(), what},
          scale_{setup.scale} {
        machine.upload(numbers_.data(), packed.numbers());
        machine.upload(finest_numbers_.data(), finest.numbers());
        std::vector<T> const inverse(setup.coarsest_inverse.begin(), setup.coarsest_inverse.end());
        machine.upload(inverse_.data(), std::span<T const>{inverse});
        std::vector<double> shares;
        for (auto const& axis : setup.grids.front().axes) {
            double sum = 0.0;
            for (double const each : axis.share) sum += each;
            all_shares_ *= sum;
            shares.insert(shares.end(), axis.share.begin(), axis.share.end());
        }
        machine.upload(shares_.data(), std::span<double const>{shares});
        finest_.grid = finest.views(finest_numbers_.data()).front();
        finest_.share_x = shares_.data();
        finest_.share_y = finest_.share_x + setup.grids.front().axes[0].n();
        finest_.share_z = finest_.share_y + setup.grids.front().axes[1].n();
        finest_.over_scale = 1.0 / setup.scale;
        all_.grids = packed.views(numbers_.data());
        all_.operators.resize(all_.grids.size());
        all_.coarsest_inverse = inverse_.data();
        all_.choose_bottom();
        bytes_ = packed.numbers().size_bytes() + finest.numbers().size_bytes() + shares.size() * sizeof(double) +
                 inverse.size() * sizeof(T);
    }

    static std::size_t n_shares(poise::detail::device_multigrid_setup const& setup) {
        std::size_t n = 0;
        for (auto const& axis : setup.grids.front().axes) n += axis.n();
        return n;
    }
    array<T> numbers_;
    array<double> finest_numbers_, shares_;
    array<T> inverse_;
    grids_and_operators<T, sum_of_directions<T>> all_;
    finest_system finest_;
    double scale_, all_shares_ = 1.0;
    std::size_t bytes_ = 0;
};

}  // namespace poise::cuda::detail
