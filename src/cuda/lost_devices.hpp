// SPDX-License-Identifier: MIT
// Private to src/: the GPUs that this process has lost.
#pragma once

namespace poise::cuda::detail {

/// Thread-safe; for the rest of the process.
void mark_lost(int index) noexcept;
[[nodiscard]] bool is_lost(int index) noexcept;

}  // namespace poise::cuda::detail
