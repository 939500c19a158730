// SPDX-License-Identifier: MIT
// Memory for records: taken straight from the system, because operator new may be replaced by hooks that report here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// Zeroed pages, never given back; nullptr when the system has none.
[[nodiscard]] void* map_pages(std::size_t bytes) noexcept;
void unmap_pages(void* pages, std::size_t bytes) noexcept;
/// What all of them hold.
[[nodiscard]] std::uint64_t mapped_bytes() noexcept;

/// Hands out zeroed pieces of pages, one after the other, aligned to 8 bytes; nothing is given back. All zeros is an
/// empty one.
class arena {
public:
    [[nodiscard]] void* allocate(std::size_t bytes) noexcept;

private:
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 16;

    char* next_;
    std::size_t left_;
};

}  // namespace poise::profile::detail
