// SPDX-License-Identifier: MIT
#include <poise/core/error.hpp>
#include <poise/core/input_file.hpp>
#include <poise/core/memory.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace poise {

// O_NONBLOCK, since opening a pipe would wait for somebody to write to it; for regular files it means nothing.
input_file::input_file(std::string path) : path_{std::move(path)} {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) throw file_error{path_, "cannot be opened for reading", errno};
    struct stat status {};
    int const failed = ::fstat(descriptor_, &status) == 0 ? 0 : errno;
    if (failed == 0 && S_ISREG(status.st_mode)) {
        size_ = static_cast<std::size_t>(status.st_size);
        return;
    }
    ::close(descriptor_);  // an object that was not made has no destructor
    if (failed != 0) throw file_error{path_, "cannot be examined", failed};
    throw file_error{path_, S_ISDIR(status.st_mode) ? "is a folder; give a file name" : "is not a regular file", 0};
}

input_file::~input_file() { ::close(descriptor_); }

void input_file::read(std::span<char> bytes) {
    while (!bytes.empty()) {
        auto const n_read = ::read(descriptor_, bytes.data(), bytes.size());
        if (n_read < 0 && errno == EINTR) continue;
        if (n_read < 0) throw file_error{path_, "cannot be read", errno};
        if (n_read == 0) throw file_error{path_, "ends early; was it written to while it was read?", 0};
        bytes = bytes.subspan(static_cast<std::size_t>(n_read));
    }
}

std::string read_file(std::string const& path) {
    input_file file{path};
    require_memory(static_cast<double>(file.size()), [&] { return path; });
    std::string content(file.size(), '\0');
    file.read(content);
    return content;
}

}  // namespace poise
