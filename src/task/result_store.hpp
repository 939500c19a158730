// SPDX-License-Identifier: MIT
// Private to src/: finished results in files, for a run that continues.
#pragma once

#include "task/block.hpp"
#include "task/content_hash.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace poise::task::detail {

struct run_state;

/// Of one run. Each task is loaded or saved once, after all its inputs were; otherwise thread-safe.
class result_store {
public:
    /// Makes the folder if there is none. Throws file_error.
    result_store(std::string folder, run_state& run);

    /// Puts a kept result to its place in the run; false where there is none that is whole.
    [[nodiscard]] bool load(std::uint32_t id);
    /// Keeps a result that is there. Never throws: what goes wrong is told by problem().
    void save(std::uint32_t id) noexcept;

    [[nodiscard]] std::size_t n_loaded() const noexcept { return n_loaded_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool was_loaded(std::uint32_t id) const noexcept { return entries_[id].loaded; }
    [[nodiscard]] std::string problem() const;

private:
    struct entry {
        bool known = false;  // content is that of its result
        bool loaded = false;
        std::optional<digest> key;  // if it is to be kept
        digest content{};
    };

    /// Of name, version and the contents of all inputs; nothing where one of these is not known.
    [[nodiscard]] std::optional<digest> key_of(std::uint32_t id) const;
    [[nodiscard]] std::string path_of(std::uint32_t id, digest const& key) const;
    [[nodiscard]] bool read_file(std::uint32_t id, digest const& key);
    void write_file(std::uint32_t id);

    std::string const folder_;
    run_state& run_;
    std::vector<entry> entries_;
    std::atomic<std::size_t> n_loaded_{0};
    mutable std::mutex problem_mutex_;
    std::string problem_;
};

}  // namespace poise::task::detail
