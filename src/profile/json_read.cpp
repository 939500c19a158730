// SPDX-License-Identifier: MIT
#include "profile/json_limits.hpp"
#include "profile/json_shape.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/json.hpp>

#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <optional>

namespace poise::profile {
namespace {

using detail::json_scalar, detail::place, detail::shape;
using sax = nlohmann::json_sax<nlohmann::json>;

constexpr char const* remedy = "; files of this schema are made by poise::profile::write_json()";

// "[json.exception.parse_error.101] parse error at line 1, column 5: …" less its bracket.
std::string without_id(char const* what) {
    std::string_view text{what};
    if (auto const end = text.find("] "); text.starts_with('[') && end != text.npos) text.remove_prefix(end + 2);
    return std::string{text};
}

[[noreturn]] void fail_at_syntax(std::string const& source, std::size_t position, char const* what) {
    throw format_error{source, "",
                       concat("is not JSON, or is cut short, at byte ", position, ": ", without_id(what), remedy)};
}

// Looks for the schema and its version at the top level, wherever they stand, and stops when it has both: nothing else
// can be judged before.
class header final : public sax {
public:
    explicit header(std::string const& source) : source_{source} {}

    void require_mine() const {
        if (schema_ != detail::json_schema_name)
            throw format_error{
                source_, "/schema",
                concat("is no poise profile: \"schema\" is ", schema_ ? concat('"', *schema_, '"') : "missing",
                       ", expected \"", detail::json_schema_name, '"', remedy)};
        if (!version_)
            throw format_error{
                source_, "/version",
                concat("has no \"version\" that is a whole number, expected ", profile_schema_version, remedy)};
        if (*version_ != profile_schema_version)
            throw format_error{source_, "/version",
                               concat("is a profile of version ", *version_, ", expected ", profile_schema_version,
                                      "; read it with the poise that wrote it, or write it again with this one")};
    }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t value) override {
        if (depth_ == 1 && key_ == "version") version_ = value;
        return !(schema_ && version_);
    }
    bool number_float(number_float_t, string_t const&) override { return true; }
    bool string(string_t& value) override {
        if (depth_ == 1 && key_ == "schema") schema_ = value;
        return !(schema_ && version_);
    }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return ++depth_ <= detail::max_json_brackets; }
    bool key(string_t& value) override {
        if (depth_ == 1) key_ = value;
        return true;
    }
    bool end_object() override { return --depth_ != 0; }
    bool start_array(std::size_t) override { return ++depth_ != 1 && depth_ <= detail::max_json_brackets; }
    bool end_array() override { return --depth_ != 0; }
    bool parse_error(std::size_t position, std::string const&, nlohmann::detail::exception const& thrown) override {
        fail_at_syntax(source_, position, thrown.what());
    }

private:
    std::string const& source_;
    std::size_t depth_ = 0;
    std::string key_;
    std::optional<std::string> schema_;
    std::optional<std::uint64_t> version_;
};

// Fills a snapshot. Never recurses.
class filler final : public sax {
public:
    filler(std::string const& source, place root) : source_{source}, next_{root} {}

    bool null() override { return put("null", std::nullopt); }
    bool boolean(bool value) override { return put(value ? "true" : "false", value); }
    bool number_integer(number_integer_t value) override {
        return put("a negative number", static_cast<double>(value));
    }
    bool number_unsigned(number_unsigned_t value) override { return put("a whole number", std::uint64_t{value}); }
    bool number_float(number_float_t value, string_t const&) override { return put("a number", value); }
    bool string(string_t& value) override { return put("a string", &value); }
    bool binary(binary_t&) override { return put("bytes", std::nullopt); }
    bool start_object(std::size_t) override { return open("an object", shape::bracket::object); }
    bool start_array(std::size_t) override { return open("an array", shape::bracket::array); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        level& object = open_.back();
        if (object.at.is == nullptr) return true;
        auto const found = object.at.is->field(object.at.target, name);
        next_ = found.value;
        object.name = found.name;
        if (found.name == nullptr) return true;
        auto const bit = std::uint64_t{1} << found.number;
        if ((object.seen & bit) != 0) fail(concat("the field is given twice; keep one"));
        object.seen |= bit;
        return true;
    }
    bool end_object() override {
        level const& object = open_.back();
        if (object.at.is != nullptr) {
            open_.back().name = nullptr;
            if (char const* const name = object.at.is->missing(object.seen))
                fail(concat("the field \"", name, "\" is missing", remedy));
            if (char const* const fault = object.at.is->fault(object.at.target)) fail(fault);
        }
        return close();
    }
    bool parse_error(std::size_t position, std::string const&, nlohmann::detail::exception const& thrown) override {
        fail_at_syntax(source_, position, thrown.what());
    }

private:
    struct level {
        place at;
        shape::bracket opened_by = shape::bracket::none;
        std::uint64_t seen = 0;      // fields of an object
        char const* name = nullptr;  // of the field that is being read
        std::size_t n_elements = 0;  // of an array
    };

    // Where the value that comes now goes.
    place target() {
        if (open_.empty()) return next_;
        level& around = open_.back();
        if (around.at.is == nullptr) return {};
        if (around.opened_by == shape::bracket::object) return std::exchange(next_, {});
        ++around.n_elements;
        return around.at.is->append(around.at.target);
    }
    bool put(char const* what, std::optional<json_scalar> const& value) {
        place const to = target();
        if (to.is != nullptr && !(value && to.is->set(to.target, *value))) fail_type(what, value, *to.is);
        return true;
    }
    bool open(char const* what, shape::bracket by) {
        place const to = target();
        if (to.is != nullptr && to.is->opened_by() != by) fail_type(what, std::nullopt, *to.is);
        if (open_.size() == detail::max_json_brackets)
            fail(concat("more than ", detail::max_json_brackets, " brackets within each other", remedy));
        open_.push_back({to, by});
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    // A JSON pointer to what is being read.
    [[nodiscard]] std::string where() const {
        std::string path;
        for (level const& l : open_) {
            if (l.at.is == nullptr) break;
            if (l.opened_by == shape::bracket::array)
                path += concat('/', l.n_elements - 1);
            else if (l.name != nullptr)
                path += concat('/', l.name);
        }
        return path;
    }
    [[noreturn]] void fail(std::string const& found) const {
        std::string const place = where();
        throw format_error{source_, place, concat("is damaged at ", place.empty() ? "/" : place, ": ", found)};
    }
    [[noreturn]] void fail_type(char const* what, std::optional<json_scalar> const& value, shape const& wanted) const {
        std::string found = what;
        if (value)
            if (auto const* const text = std::get_if<std::string*>(&*value))
                found = concat("the string \"", std::string_view{**text}.substr(0, 40), '"');
        fail(concat("found ", found, ", expected ", wanted.expected(), remedy));
    }

    std::string const& source_;
    place next_;
    std::vector<level> open_;
};

snapshot parse(std::string const& source, std::string_view text) {
    header head{source};
    nlohmann::json::sax_parse(text.begin(), text.end(), &head);
    head.require_mine();
    snapshot s;
    filler fill{source, detail::place_of(s)};
    nlohmann::json::sax_parse(text.begin(), text.end(), &fill);
    return s;
}

}  // namespace

format_error::format_error(std::string source, std::string where, std::string const& found)
    : error{concat(source, ' ', found)}, source_{std::move(source)}, where_{std::move(where)} {}

snapshot from_json(std::string_view text) { return parse("the text", text); }

snapshot read_json(std::string const& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        throw file_error{path, "is not a regular file; give the file that write_json() wrote", 0};
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    if (!file) throw file_error{path, "cannot be opened for reading", errno};
    std::string text;
    std::array<char, 1 << 16> piece;
    while (file.read(piece.data(), piece.size()) || file.gcount() != 0)
        text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (file.bad()) throw file_error{path, "cannot be read", errno};
    return parse(path, text);
}

}  // namespace poise::profile
