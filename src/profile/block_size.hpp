// SPDX-License-Identifier: MIT
// The bytes malloc really gave for a block.
//
// Both sides of an allocation count this size: the size asked for is not known where memory is released unsized, and
// two measures of one block let the total drift.
#pragma once

#include <malloc.h>

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// Whether the sizes that glibc's malloc keeps in front of its blocks are there to be read: looks at blocks of many
/// sizes and compares with malloc_usable_size(), which another allocator, or glibc's own under MALLOC_CHECK_, would
/// answer differently.
[[nodiscard]] bool chunk_sizes_can_be_read() noexcept;

/// What glibc keeps: the size of the chunk with three flags, in the word in front of the block.
[[nodiscard, gnu::always_inline]] inline std::size_t chunk_word(void const* block) noexcept {
    // Not by index: it is no part of the block.
    return *reinterpret_cast<std::size_t const*>(reinterpret_cast<std::uintptr_t>(block) - sizeof(std::size_t));
}
/// Mapped on its own, because it is large.
[[nodiscard]] inline bool is_mapped_chunk(void const* block) noexcept { return (chunk_word(block) & 2U) != 0; }
/// malloc_usable_size() of a block; 8 bytes more where it is mapped on its own. 0.3 ns, not 2.4 ns.
[[nodiscard, gnu::always_inline]] inline std::size_t chunk_block_size(void const* block) noexcept {
    return (chunk_word(block) & ~std::size_t{7}) - sizeof(std::size_t);
}

[[nodiscard]] inline std::size_t block_size(void* block) noexcept { return ::malloc_usable_size(block); }

}  // namespace poise::profile::detail
