// SPDX-License-Identifier: MIT
// A view of rank 1 to 3 on memory somebody else owns: std::mdspan's names, for compilers that lack it.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

namespace poise {

/// View of Rank indices, the first index contiguous: (i, j, k) is at i + extent(0)·(j + extent(1)·k).
/// Copying copies the view. Access is unchecked, as std::mdspan's. Costs what raw pointers cost.
template <class T, std::size_t Rank>
requires(Rank >= 1 && Rank <= 3) class ndspan {
public:
    using element_type = T;
    using extents_type = std::array<std::ptrdiff_t, Rank>;

    constexpr ndspan(T* data, extents_type extents) noexcept : data_{data}, extents_{extents} {}

#ifdef __CUDACC__  // nvcc warns of it in views of const elements, which do not have it
#pragma nv_diagnostic push
#pragma nv_diag_suppress 554
#endif
    /// A view of const elements from one of mutable elements.
    constexpr operator ndspan<T const, Rank>() const noexcept requires(!std::is_const_v<T>) {
        return {data_, extents_};
    }
#ifdef __CUDACC__
#pragma nv_diagnostic pop
#endif

    [[nodiscard]] static constexpr std::size_t rank() noexcept { return Rank; }
    [[nodiscard]] constexpr std::ptrdiff_t extent(std::size_t r) const noexcept { return extents_[r]; }
    [[nodiscard]] constexpr extents_type const& extents() const noexcept { return extents_; }
    [[nodiscard]] constexpr std::ptrdiff_t stride(std::size_t r) const noexcept {
        std::ptrdiff_t product = 1;
        for (std::size_t d = 0; d < r; ++d) product *= extents_[d];
        return product;
    }
    [[nodiscard]] constexpr std::ptrdiff_t size() const noexcept { return stride(Rank); }
    [[nodiscard]] constexpr T* data_handle() const noexcept { return data_; }

    [[nodiscard]] constexpr T& operator()(std::ptrdiff_t i) const noexcept requires(Rank == 1) { return data_[i]; }
    [[nodiscard]] constexpr T& operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept requires(Rank == 2) {
        return data_[i + extents_[0] * j];
    }
    [[nodiscard]] constexpr T& operator()(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k) const noexcept
        requires(Rank == 3) {
        return data_[i + extents_[0] * (j + extents_[1] * k)];
    }

private:
    T* data_;
    extents_type extents_;
};

}  // namespace poise
