// SPDX-License-Identifier: MIT
// Private to cuda: memory and work of a GPU, without a header of CUDA.
#pragma once

#include <poise/core/device.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace poise::cuda::detail {

/// While it lives, this GPU is that of the thread that made it; then the one before is again.
class current_gpu {
public:
    explicit current_gpu(device const& which);
    ~current_gpu();
    current_gpu(current_gpu const&) = delete;
    current_gpu& operator=(current_gpu const&) = delete;

private:
    int before_ = 0, index_ = 0;
};

/// Work that a GPU does one after the other, beside other queues. Where functions throw it is device_lost, which is
/// remembered, or device_unavailable for other errors of the GPU.
class queue {
public:
    explicit queue(device const& which);
    ~queue();
    queue(queue const&) = delete;
    queue& operator=(queue const&) = delete;

    [[nodiscard]] device const& where() const noexcept { return where_; }
    /// A cudaStream_t.
    [[nodiscard]] void* stream() const noexcept { return stream_; }
    /// What is free on the GPU.
    [[nodiscard]] std::uint64_t free_bytes() const;
    /// Throws not_enough_device_memory, which names `what`, where so many are not.
    void require_room(double n_bytes, char const* what) const;
    void upload(void* to, void const* from, std::size_t n_bytes) const;
    /// Returns when it is there, and all before it is done.
    void download(void* to, void const* from, std::size_t n_bytes) const;
    /// Returns when all is done.
    void finish() const;
    /// error: a cudaError_t, of what was to be done.
    void require(int error, char const* what) const;

    /// Throws not_enough_device_memory, which names `what`.
    [[nodiscard]] void* allocate(std::size_t n_bytes, char const* what) const;
    static void release(void* memory) noexcept;

private:
    device where_;
    void* stream_ = nullptr;
};

/// n numbers on the GPU of a queue that outlives it. They are not written.
template <class T>
class device_array {
public:
    device_array(queue const& of, std::size_t n, char const* what)
        : queue_{of}, data_{n == 0 ? nullptr : static_cast<T*>(of.allocate(n * sizeof(T), what))} {}
    ~device_array() { queue::release(data_); }
    device_array(device_array const&) = delete;
    device_array& operator=(device_array const&) = delete;

    [[nodiscard]] T* data() const noexcept { return data_; }
    void upload(std::span<T const> from) const { queue_.upload(data_, from.data(), from.size_bytes()); }
    void download(std::span<T> to) const { queue_.download(to.data(), data_, to.size_bytes()); }

private:
    queue const& queue_;
    T* data_;
};

}  // namespace poise::cuda::detail
