// SPDX-License-Identifier: MIT
// Private to src/: messages between two processes, over a socket.
#pragma once

#include <poise/core/error.hpp>
#include <poise/task/serialize.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace poise::task::detail {

/// The other side is gone, or was killed in the middle of a message.
class channel_closed : public error {
public:
    using error::error;
};

/// Owns the descriptor. A message is a sequence of frames, {bytes, 4}{content}, and ends with an empty one. Small
/// pieces are gathered, large ones go from and to where they lie: one copy in, one out, both by the kernel.
class process_channel {
public:
    explicit process_channel(int descriptor);
    ~process_channel();
    process_channel(process_channel const&) = delete;
    process_channel& operator=(process_channel const&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// How often one looks for a message before one sleeps until it comes: some 20 us.
    static constexpr int n_looks = 50;

    /// One at a time; finish() ends the message.
    class sender final : public byte_writer {
    public:
        explicit sender(process_channel& to) noexcept : to_{to} {}
        void write(void const* bytes, std::size_t size) override;
        void finish();

    private:
        process_channel& to_;
    };
    /// One at a time; finish() skips what was not read of the message.
    class receiver final : public byte_reader {
    public:
        explicit receiver(process_channel& from) noexcept : from_{from} {}
        void read(void* bytes, std::size_t size) override;
        /// Not known before the end: as much as a process can have.
        [[nodiscard]] std::size_t remaining() const override { return std::size_t{1} << 46U; }
        void finish();

    private:
        std::size_t next_frame();
        process_channel& from_;
        std::size_t left_ = 0;  // of this frame
        bool at_end_ = false;
    };

private:
    void flush(void const* also, std::size_t size);
    void fill(void* bytes, std::size_t size);

    static constexpr std::size_t buffer_size = std::size_t{64} << 10U;
    static constexpr std::size_t large = std::size_t{16} << 10U;

    int descriptor_;
    std::unique_ptr<std::byte[]> out_, in_;
    std::size_t out_size_ = 0;
    std::size_t in_begin_ = 0, in_end_ = 0;
};

}  // namespace poise::task::detail
