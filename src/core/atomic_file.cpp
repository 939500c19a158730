// SPDX-License-Identifier: MIT
#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <utility>

namespace poise {
namespace {

constexpr std::size_t flush_bytes = std::size_t{1} << 20;

std::string folder_of(std::string const& path) {
    auto const slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string unused_name(std::string const& path) {
    static std::atomic<unsigned> counter{0};
    auto const ticks = std::chrono::steady_clock::now().time_since_epoch().count();
    // Beside the target, and not made of its name, which may be as long as a name can be.
    return concat(folder_of(path), "/.poise-", ::getpid(), "-", counter.fetch_add(1), "-", ticks, ".tmp");
}

// Over a regular file or over nothing: renaming over a device or a link would replace it in silence.
void require_replaceable(std::string const& path) {
    if (path.empty()) throw file_error{"(empty path)", "a file name is needed", 0};
    if (auto const end = path.find('\0'); end != std::string::npos)
        throw file_error{path.substr(0, end), "is followed by a NUL character, where the name of the file would end",
                         0};
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        throw file_error{
            path,
            S_ISDIR(status.st_mode) ? "is a folder; give a file name" : "is not a regular file and is not replaced", 0};
}

}  // namespace

atomic_file::atomic_file(std::string path) : path_{std::move(path)} {
    require_replaceable(path_);
    for (int attempt = 0; attempt < 16 && descriptor_ < 0; ++attempt) {
        temporary_ = unused_name(path_);
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor_ < 0 && errno != EEXIST && errno != EINTR) break;
    }
    if (descriptor_ < 0) throw file_error{path_, "cannot be created", errno};
    struct stat replaced {};
    if (::lstat(path_.c_str(), &replaced) == 0) ::fchmod(descriptor_, replaced.st_mode & 0777);
}

atomic_file::~atomic_file() { discard(); }

void atomic_file::require_open() const {
    if (descriptor_ < 0) throw file_error{path_, "was already committed or given up; write a new atomic_file", 0};
}

void atomic_file::write(std::string_view text) {
    require_open();
    pending_.append(text);
    if (pending_.size() >= flush_bytes) flush();
}

void atomic_file::commit() {
    require_open();
    flush();
    if (::fsync(descriptor_) != 0) fail("cannot be flushed to the disk");
    int const closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) fail("cannot be closed");
    require_replaceable(path_);
    std::string const folder_name = folder_of(path_);  // nothing may fail once the file is in place
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be put in place");
    temporary_.clear();
    // The new name is durable once its folder is; some file systems refuse fsync on a folder, which loses nothing here.
    int const folder = ::open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
}

void atomic_file::flush() {
    std::string_view rest = pending_;
    while (!rest.empty()) {
        auto const written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("cannot be written");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    pending_.clear();
}

void atomic_file::fail(char const* step) {
    int const error_number = errno;
    discard();
    throw file_error{path_, step, error_number};
}

void atomic_file::discard() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

void write_file(std::string const& path, std::string_view content) {
    atomic_file file{path};
    file.write(content);
    file.commit();
}

}  // namespace poise
