// SPDX-License-Identifier: MIT
// What names a task, and with it its result, before the graph has run.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <cstddef>
#include <cstdint>

namespace poise::task {

template <class T>
class handles;

/// The task of a graph whose result is a T. Small, copyable, valid as long as its graph; made by graph::add().
template <class T>
class handle {
public:
    using value_type = T;
    [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
    [[nodiscard]] std::uint64_t graph_id() const noexcept { return graph_id_; }

private:
    friend class graph;
    friend class handles<T>;
    handle(std::uint64_t graph_id, std::uint32_t id) noexcept : graph_id_{graph_id}, id_{id} {}
    std::uint64_t graph_id_;
    std::uint32_t id_;
};

/// size() tasks made by one graph::map(), in the order of their index.
template <class T>
class handles {
public:
    using value_type = T;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The handle of task i. Throws std::invalid_argument unless i < size().
    [[nodiscard]] handle<T> operator[](std::size_t i) const {
        POISE_REQUIRE(i < size_, "handles: task ", i, " of ", size_, " does not exist");
        return handle<T>{graph_id_, first_ + static_cast<std::uint32_t>(i)};
    }

private:
    friend class graph;
    handles(std::uint64_t graph_id, std::uint32_t first, std::size_t size) noexcept
        : graph_id_{graph_id}, first_{first}, size_{size} {}
    std::uint64_t graph_id_;
    std::uint32_t first_;
    std::size_t size_;
};

}  // namespace poise::task
