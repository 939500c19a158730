// SPDX-License-Identifier: MIT
#include "task/process_channel.hpp"

#include <poise/core/concat.hpp>

#include <sched.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace poise::task::detail {
namespace {

using frame_size = std::uint32_t;
constexpr std::size_t largest_frame = std::size_t{1} << 30U;

[[noreturn]] void fail(char const* step) {
    throw channel_closed{concat("channel: ", step, ": ", std::strerror(errno))};
}

// To be woken takes longer than most messages take to come: looks for a while first, and lets others run meanwhile.
ssize_t receive(int descriptor, void* bytes, std::size_t size) {
    for (int look = 0; look < process_channel::n_looks; ++look) {
        auto const came = ::recv(descriptor, bytes, size, MSG_DONTWAIT);
        if (came >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return came;
        ::sched_yield();
    }
    return ::recv(descriptor, bytes, size, 0);
}

}  // namespace

process_channel::process_channel(int descriptor)
    : descriptor_{descriptor},
      out_{std::make_unique_for_overwrite<std::byte[]>(buffer_size)},
      in_{std::make_unique_for_overwrite<std::byte[]>(buffer_size)} {}

process_channel::~process_channel() { ::close(descriptor_); }

// The gathered bytes, then others from where they lie.
void process_channel::flush(void const* also, std::size_t size) {
    iovec pieces[2] = {{out_.get(), out_size_}, {const_cast<void*>(also), size}};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    while (pieces[0].iov_len + pieces[1].iov_len > 0) {
        auto const sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) fail("cannot send");
        auto n = static_cast<std::size_t>(sent);
        for (iovec& piece : pieces) {
            std::size_t const part = std::min(n, piece.iov_len);
            piece.iov_base = static_cast<std::byte*>(piece.iov_base) + part;
            piece.iov_len -= part;
            n -= part;
        }
    }
    out_size_ = 0;
}

void process_channel::sender::write(void const* bytes, std::size_t size) {
    auto const* from = static_cast<std::byte const*>(bytes);
    while (size > 0) {
        auto const part = static_cast<frame_size>(std::min(size, largest_frame));
        bool const direct = part >= large;
        if (to_.out_size_ + sizeof part + (direct ? 0 : part) > buffer_size) to_.flush(nullptr, 0);
        std::memcpy(to_.out_.get() + to_.out_size_, &part, sizeof part);
        to_.out_size_ += sizeof part;
        if (direct) {
            to_.flush(from, part);
        } else {
            std::memcpy(to_.out_.get() + to_.out_size_, from, part);
            to_.out_size_ += part;
        }
        from += part;
        size -= part;
    }
}

void process_channel::sender::finish() {
    constexpr frame_size end = 0;
    if (to_.out_size_ + sizeof end > buffer_size) to_.flush(nullptr, 0);
    std::memcpy(to_.out_.get() + to_.out_size_, &end, sizeof end);
    to_.out_size_ += sizeof end;
    to_.flush(nullptr, 0);
}

// From what has come already, then large pieces straight to their place.
void process_channel::fill(void* bytes, std::size_t size) {
    auto* to = static_cast<std::byte*>(bytes);
    while (size > 0) {
        if (std::size_t const here = std::min(size, in_end_ - in_begin_); here > 0) {
            std::memcpy(to, in_.get() + in_begin_, here);
            in_begin_ += here;
            to += here;
            size -= here;
            continue;
        }
        bool const direct = size >= large;
        auto const came = receive(descriptor_, direct ? to : in_.get(), direct ? size : buffer_size);
        if (came < 0 && errno == EINTR) continue;
        if (came < 0) fail("cannot receive");
        if (came == 0) throw channel_closed{"channel: the other side is gone"};
        auto const n = static_cast<std::size_t>(came);
        if (direct) {
            to += n;
            size -= n;
        } else {
            in_begin_ = 0;
            in_end_ = n;
        }
    }
}

std::size_t process_channel::receiver::next_frame() {
    frame_size size = 0;
    from_.fill(&size, sizeof size);
    at_end_ = size == 0;
    return size;
}

void process_channel::receiver::read(void* bytes, std::size_t size) {
    auto* to = static_cast<std::byte*>(bytes);
    while (size > 0) {
        if (at_end_)
            throw error{"a message between processes has less in it than was to be read: is a serializer wrong?"};
        if (left_ == 0 && (left_ = next_frame()) == 0) continue;
        std::size_t const part = std::min(size, left_);
        from_.fill(to, part);
        to += part;
        size -= part;
        left_ -= part;
    }
}

void process_channel::receiver::finish() {
    std::byte skipped[4096];
    while (!at_end_) {
        if (left_ == 0 && (left_ = next_frame()) == 0) continue;
        std::size_t const part = std::min(sizeof skipped, left_);
        from_.fill(skipped, part);
        left_ -= part;
    }
}

}  // namespace poise::task::detail
