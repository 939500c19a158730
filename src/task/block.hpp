// SPDX-License-Identifier: MIT
// Private to src/: arrays of plain things whose memory is used again.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace poise::task::detail {

/// Graphs and runs come and go by megabytes. Fresh pages cost more than what is written to them, so large blocks are
/// kept for the next one, 64 MiB of them at most in the process, and come in huge pages where the system has these.
/// Thread-safe; never waits for another thread. Throws std::bad_alloc. Aligned to 64 bytes.
[[nodiscard]] void* take_block(std::size_t size);
void give_back_block(void* block, std::size_t size) noexcept;
/// Bytes kept at present.
[[nodiscard]] std::size_t kept_in_blocks() noexcept;

/// An array of a size known when it is made, not initialised.
template <class T>
requires std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>
class block {
public:
    block() = default;
    explicit block(std::size_t n) : size_{n}, data_{n == 0 ? nullptr : static_cast<T*>(take_block(n * sizeof(T)))} {
        std::uninitialized_default_construct_n(data_, size_);
    }
    block(std::size_t n, T const& value) : block(n) { std::uninitialized_fill_n(data_, size_, value); }
    ~block() {
        if (data_ != nullptr) give_back_block(data_, size_ * sizeof(T));
    }
    block(block&& other) noexcept : size_{std::exchange(other.size_, 0)}, data_{std::exchange(other.data_, nullptr)} {}
    block& operator=(block&& other) noexcept {
        std::swap(size_, other.size_);
        std::swap(data_, other.data_);
        return *this;
    }

    [[nodiscard]] explicit operator bool() const noexcept { return data_ != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T* data() const noexcept { return data_; }
    [[nodiscard]] T* begin() const noexcept { return data_; }
    [[nodiscard]] T* end() const noexcept { return data_ + size_; }
    [[nodiscard]] T& operator[](std::size_t i) const noexcept { return data_[i]; }

private:
    std::size_t size_ = 0;
    T* data_ = nullptr;
};

}  // namespace poise::task::detail
