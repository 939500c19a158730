// SPDX-License-Identifier: MIT
// An owning array whose elements are not written before the caller writes them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace poise {

/// size elements of a trivial type, uninitialised. std::vector writes its zeros first, a whole pass over memory that
/// an assembly, which writes every element anyway, would pay for. Movable, not copyable; a buffer that was moved from
/// is empty.
template <class T>
requires std::is_trivially_copyable_v<T>
class buffer {
public:
    buffer() = default;
    explicit buffer(std::size_t size) : data_{std::make_unique_for_overwrite<T[]>(size)}, size_{size} {}
    buffer(buffer&& other) noexcept : data_{std::move(other.data_)}, size_{std::exchange(other.size_, 0)} {}
    buffer& operator=(buffer&& other) noexcept {
        data_ = std::move(other.data_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] T* data() noexcept { return data_.get(); }
    [[nodiscard]] T const* data() const noexcept { return data_.get(); }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept { return data_[i]; }
    [[nodiscard]] T* begin() noexcept { return data(); }
    [[nodiscard]] T* end() noexcept { return data() + size_; }
    [[nodiscard]] T const* begin() const noexcept { return data(); }
    [[nodiscard]] T const* end() const noexcept { return data() + size_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return size_ * sizeof(T); }

private:
    std::unique_ptr<T[]> data_;
    std::size_t size_ = 0;
};

}  // namespace poise
