// SPDX-License-Identifier: MIT
#include "task/result_store.hpp"

#include "task/run_state.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace poise::task::detail {
namespace {

// In front of the bytes of a result. The machine's own byte order: the file is for the program that wrote it.
struct header {
    char magic[8];
    digest key;
    digest content;
    std::uint64_t size;
};
constexpr char magic[8] = {'p', 'o', 'i', 's', 'e', 'r', '1', '\n'};

// Bytes of a result as text: it is written after its hash is known.
class to_text_writer final : public byte_writer {
public:
    void write(void const* bytes, std::size_t size) override { text.append(static_cast<char const*>(bytes), size); }
    std::string text;
};
class from_text_reader final : public byte_reader {
public:
    explicit from_text_reader(std::string_view text) noexcept : text_{text} {}
    void read(void* bytes, std::size_t size) override {
        if (size > text_.size()) throw error{"the file ends too early"};
        if (size > 0) std::memcpy(bytes, text_.data(), size);
        text_.remove_prefix(size);
    }
    [[nodiscard]] std::size_t remaining() const override { return text_.size(); }

private:
    std::string_view text_;
};

digest digest_of(std::string_view bytes) {
    content_hash hash;
    static_cast<byte_writer&>(hash).write(bytes.data(), bytes.size());
    return hash.finish();
}

// A name as part of a file name: what may be none becomes '_'.
std::string file_name_of(std::string_view name) {
    std::string text;
    for (char const c : name.substr(0, 80)) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        text += plain ? c : '_';
    }
    return text;
}

}  // namespace

result_store::result_store(std::string folder, run_state& run)
    : folder_{std::move(folder)}, run_{run}, entries_(run.steps->n_tasks) {
    std::error_code failure;
    std::filesystem::create_directories(folder_, failure);
    if (failure) throw file_error{folder_, "cannot make the folder for results", failure.value()};
}

std::optional<digest> result_store::key_of(std::uint32_t id) const {
    auto const& family = run_.family_of(id);
    content_hash hash;
    hash.write(graph_state::name_of(id, family));
    hash.write(run_.steps->version_of(id));
    bool all_known = true;
    graph_state::for_each_input(id, family, [&](std::uint32_t input) {
        all_known = all_known && entries_[input].known;
        task::write(hash, entries_[input].content);
    });
    if (!all_known) return {};
    return hash.finish();
}

std::string result_store::path_of(std::uint32_t id, digest const& key) const {
    return (std::filesystem::path{folder_} / concat(file_name_of(run_.name_of(id)), '-', to_text(key), ".result"))
        .string();
}

bool result_store::load(std::uint32_t id) {
    auto const* kind = run_.family_of(id).kind->result;
    bool const can_be = (kind->size == 0 || kind->read != nullptr) && run_.steps->keeps(id);
    entry& e = entries_[id];
    if (can_be) e.key = key_of(id);
    if (!e.key || !read_file(id, *e.key)) return false;
    e.known = e.loaded = true;
    n_loaded_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

bool result_store::read_file(std::uint32_t id, digest const& key) {
    std::ifstream file{path_of(id, key), std::ios::binary};
    header h{};
    if (!file.read(reinterpret_cast<char*>(&h), sizeof h) || std::memcmp(h.magic, magic, sizeof magic) != 0)
        return false;
    file.seekg(0, std::ios::end);
    if (h.key != key || static_cast<std::uint64_t>(file.tellg()) != sizeof h + h.size) return false;
    file.seekg(sizeof h);
    std::string bytes(h.size, '\0');
    if (!file.read(bytes.data(), static_cast<std::streamsize>(h.size)) || digest_of(bytes) != h.content) return false;
    if (auto const* kind = run_.family_of(id).kind->result; kind->read != nullptr) {
        from_text_reader in{bytes};
        try {
            kind->read(in, run_.place_of(id));
        } catch (error const&) {
            return false;  // of another type, under the same name
        }
    }
    entries_[id].content = h.content;
    return true;
}

void result_store::save(std::uint32_t id) noexcept {
    try {
        write_file(id);
    } catch (std::exception const& e) {
        std::scoped_lock const lock{problem_mutex_};
        if (problem_.empty()) problem_ = e.what();
    }
}

void result_store::write_file(std::uint32_t id) {
    auto const* kind = run_.family_of(id).kind->result;
    if (kind->size > 0 && kind->write == nullptr) return;
    to_text_writer out;
    if (kind->write != nullptr) kind->write(out, run_.place_of(id));
    entry& e = entries_[id];
    e.content = digest_of(out.text);
    e.known = true;
    if (!e.key) return;
    header h{};
    std::memcpy(h.magic, magic, sizeof magic);
    h.key = *e.key;
    h.content = e.content;
    h.size = out.text.size();
    atomic_file file{path_of(id, *e.key)};
    file.write(std::string_view{reinterpret_cast<char const*>(&h), sizeof h});
    file.write(out.text);
    file.commit();
}

std::string result_store::problem() const {
    std::scoped_lock const lock{problem_mutex_};
    return problem_;
}

}  // namespace poise::task::detail
