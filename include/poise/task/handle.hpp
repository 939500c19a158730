// SPDX-License-Identifier: MIT
// What names a task, and with it its result, before the graph has run.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace poise::task {

namespace detail {

// How far the results of two neighbours of a map are apart. Tasks without result take no room.
template <class T>
inline constexpr std::size_t result_stride = sizeof(T);
template <>
inline constexpr std::size_t result_stride<void> = 0;

}  // namespace detail

template <class T>
class handles;

/// The task of a graph whose result is a T. Small, copyable, valid as long as its graph; made by graph::add().
template <class T>
class handle {
public:
    using value_type = T;
    /// Of no task and no graph: to be assigned to.
    handle() = default;
    [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
    [[nodiscard]] std::uint64_t graph_id() const noexcept { return graph_id_; }
    /// Where the result lies in the results of a run: bytes from their begin.
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

    friend bool operator==(handle const&, handle const&) = default;

private:
    friend class graph;
    friend class handles<T>;
    handle(std::uint64_t graph_id, std::uint32_t id, std::size_t offset) noexcept
        : graph_id_{graph_id}, offset_{offset}, id_{id} {}
    std::uint64_t graph_id_ = 0;
    std::size_t offset_ = 0;
    std::uint32_t id_ = 0;
};

/// size() tasks made by one graph::map(), in the order of their index.
template <class T>
class handles {
public:
    using value_type = T;
    /// Of no graph: to be assigned to.
    handles() = default;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The handle of task i. Throws std::invalid_argument unless i < size().
    [[nodiscard]] handle<T> operator[](std::size_t i) const {
        POISE_REQUIRE(i < size_, "handles: task ", i, " of ", size_, " does not exist");
        return handle<T>{graph_id_, first_id_ + static_cast<std::uint32_t>(i), offset_ + i * detail::result_stride<T>};
    }
    /// Number of the first task; the others follow.
    [[nodiscard]] std::uint32_t first_id() const noexcept { return first_id_; }
    [[nodiscard]] std::uint64_t graph_id() const noexcept { return graph_id_; }
    /// Where the first result lies in the results of a run: bytes from their begin. The others follow it as in an
    /// array.
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

    friend bool operator==(handles const&, handles const&) = default;

private:
    friend class graph;
    handles(std::uint64_t graph_id, std::uint32_t first_id, std::size_t offset, std::size_t size) noexcept
        : graph_id_{graph_id}, offset_{offset}, size_{size}, first_id_{first_id} {}
    std::uint64_t graph_id_ = 0;
    std::size_t offset_ = 0;
    std::size_t size_ = 0;
    std::uint32_t first_id_ = 0;
};

}  // namespace poise::task
