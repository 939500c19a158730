// SPDX-License-Identifier: MIT
// A folder of its own for each test, because tests run at the same time.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace poise_test {

/// An empty folder with an unused name, removed with all that is in it at the end.
class temporary_folder {
public:
    temporary_folder() {
        std::random_device random;
        path_ = std::filesystem::temp_directory_path() /
                ("poise-test-" + std::to_string(::getpid()) + "-" + std::to_string(random()));
        if (!std::filesystem::create_directory(path_)) throw std::runtime_error{path_.string() + " exists already"};
    }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(temporary_folder const&) = delete;
    temporary_folder& operator=(temporary_folder const&) = delete;

    [[nodiscard]] std::string path(std::string const& name) const { return (path_ / name).string(); }
    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::ptrdiff_t n_entries() const {
        return std::distance(std::filesystem::directory_iterator{path_}, std::filesystem::directory_iterator{});
    }

    /// Writes a file in the folder and returns its path.
    std::string write(std::string const& name, std::string_view content) const {
        std::ofstream file{path(name), std::ios::binary};
        file << content;
        if (!file.flush()) throw std::runtime_error{path(name) + " cannot be written"};
        return path(name);
    }

private:
    std::filesystem::path path_;
};

inline std::string content_of(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace poise_test
