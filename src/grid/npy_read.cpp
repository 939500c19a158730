// SPDX-License-Identifier: MIT
#include "core/exact_double.hpp"
#include "core/quoted.hpp"
#include "grid/npy_header.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/input_file.hpp>
#include <poise/core/memory.hpp>
#include <poise/grid/npy.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>

namespace poise::grid {
namespace {

using detail::npy_header, detail::shape_to_text;

constexpr std::string_view magic{"\x93NUMPY", 6};
constexpr std::size_t max_header_bytes = 1 << 16;
constexpr std::size_t numbers_a_piece = 8192;

// A file, or bytes in memory: what has been read is gone.
struct byte_source {
    std::string name;
    std::size_t bytes_left;
    std::function<void(std::span<char>)> fill;

    [[noreturn]] void fail(std::string const& fault) const { throw input_error{name, 0, fault}; }
    std::string read(std::size_t n_bytes) {
        if (n_bytes > bytes_left)
            fail(concat("ends within its header; is it cut short? ", n_bytes, " more bytes were expected and ",
                        bytes_left, " are there"));
        std::string bytes(n_bytes, '\0');
        read(bytes);
        return bytes;
    }
    void read(std::span<char> bytes) {
        fill(bytes);
        bytes_left -= bytes.size();
    }
};

npy_header read_header(byte_source& source) {
    if (source.bytes_left < magic.size() + 2 || source.read(magic.size()) != magic)
        source.fail("is no .npy file; if it is a .npz, unzip it first");
    std::string const version = source.read(2);
    if (version[0] < 1 || version[0] > 3 || version[1] != 0)
        source.fail(concat("has format ", static_cast<unsigned char>(version[0]), '.',
                           static_cast<unsigned char>(version[1]), "; 1.0, 2.0 and 3.0 are read"));
    std::string const length = source.read(version[0] == 1 ? 2 : 4);
    std::size_t n_bytes = 0;
    for (std::size_t i = length.size(); i-- > 0;) n_bytes = n_bytes << 8 | static_cast<unsigned char>(length[i]);
    if (n_bytes > max_header_bytes)
        source.fail(concat("has a header of ", n_bytes, " bytes; at most ", max_header_bytes, " are read"));
    return detail::parse_npy_header(source.name, source.read(n_bytes));
}

template <class Number>
bool is_exact(Number number) {
    if constexpr (std::integral<Number> && sizeof(Number) == 8) {
        auto const bits = static_cast<std::uint64_t>(number);
        return poise::detail::fits_double(std::is_signed_v<Number> && number < 0 ? 0 - bits : bits);
    } else {
        return true;
    }
}

// to.size() numbers; the first that no double equals, as text.
template <class Number>
std::optional<std::string> convert(char const* from, bool other_order, std::span<double> to) {
    for (double& out : to) {
        std::array<char, sizeof(Number)> bytes;
        std::memcpy(bytes.data(), from, sizeof(Number));
        if (other_order) std::ranges::reverse(bytes);
        auto const number = std::bit_cast<Number>(bytes);
        if (!is_exact(number)) return to_text(number);
        out = static_cast<double>(number);
        from += sizeof(Number);
    }
    return std::nullopt;
}

struct number_type {
    std::string_view name;  // without the order of its bytes
    std::size_t bytes;
    std::optional<std::string> (*convert)(char const*, bool, std::span<double>);
};
constexpr auto number_types = std::to_array<number_type>({
    {"f8", 8, convert<double>},
    {"f4", 4, convert<float>},
    {"i8", 8, convert<std::int64_t>},
    {"i4", 4, convert<std::int32_t>},
    {"i2", 2, convert<std::int16_t>},
    {"i1", 1, convert<std::int8_t>},
    {"u8", 8, convert<std::uint64_t>},
    {"u4", 4, convert<std::uint32_t>},
    {"u2", 2, convert<std::uint16_t>},
    {"u1", 1, convert<std::uint8_t>},
});

number_type const& type_of(byte_source const& source, std::string_view descr) {
    char const order = descr.empty() ? '\0' : descr[0];
    for (auto const& known : number_types)
        if (descr.size() == 3 && known.name == descr.substr(1) &&
            (order == '<' || order == '>' || (order == '|' && known.bytes == 1)))
            return known;
    source.fail(concat("holds numbers of type ", poise::detail::quoted(descr),
                       "; floats of 4 and 8 bytes and integers are read: save it with .astype(float)"));
}

// How many numbers the shape has, which is how many there must be.
std::size_t n_numbers_of(byte_source const& source, npy_header const& header, std::size_t bytes_a_number) {
    std::size_t n_bytes = bytes_a_number;
    bool fits = true;
    for (std::size_t const extent : header.shape) fits = !__builtin_mul_overflow(n_bytes, extent, &n_bytes) && fits;
    if (std::ranges::find(header.shape, std::size_t{0}) != header.shape.end()) fits = true, n_bytes = 0;
    if (fits && n_bytes == source.bytes_left) return n_bytes / bytes_a_number;
    bool const short_of = !fits || n_bytes > source.bytes_left;
    source.fail(concat("has the shape ", shape_to_text(header.shape), ", which takes ",
                       fits ? to_text(n_bytes) : std::string{"more than 2^64"}, " bytes, and ", source.bytes_left,
                       " follow; ", short_of ? "is it cut short?" : "save one array in a file"));
}

// Places in C order, visited in Fortran's: the first index fastest.
class fortran_places {
public:
    explicit fortran_places(std::vector<std::size_t> const& shape)
        : shape_{shape}, strides_(shape.size()), index_(shape.size()) {
        std::size_t stride = 1;
        for (std::size_t d = shape.size(); d-- > 0; stride *= shape[d]) strides_[d] = stride;
    }
    std::size_t next() {
        std::size_t const here = place_;
        for (std::size_t d = 0; d < shape_.size(); ++d) {
            place_ += strides_[d];
            if (++index_[d] < shape_[d]) break;
            place_ -= strides_[d] * shape_[d];
            index_[d] = 0;
        }
        return here;
    }

private:
    std::vector<std::size_t> const& shape_;
    std::vector<std::size_t> strides_;
    std::vector<std::size_t> index_;
    std::size_t place_ = 0;
};

std::vector<double> read_numbers(byte_source& source, npy_header const& header) {
    auto const& type = type_of(source, header.descr);
    std::size_t const n = n_numbers_of(source, header, type.bytes);
    require_memory(8.0 * static_cast<double>(n), [&] { return concat("an array of ", n, " numbers"); });
    bool const other_order = (header.descr[0] == '>') == (std::endian::native == std::endian::little);
    std::vector<double> values(n);
    std::vector<char> bytes(std::min(n, numbers_a_piece) * type.bytes);
    std::vector<double> converted(header.fortran_order ? std::min(n, numbers_a_piece) : 0);
    fortran_places places{header.shape};
    for (std::size_t done = 0; done < n;) {
        std::size_t const n_now = std::min(numbers_a_piece, n - done);
        source.read(std::span{bytes}.first(n_now * type.bytes));
        auto const to =
            header.fortran_order ? std::span{converted}.first(n_now) : std::span{values}.subspan(done, n_now);
        if (auto const inexact = type.convert(bytes.data(), other_order, to))
            source.fail(concat("holds the integer ", *inexact,
                               ", which no double equals; if the nearest one will do, "
                               "save it with .astype(float)"));
        if (header.fortran_order)
            for (double const number : to) values[places.next()] = number;
        done += n_now;
    }
    return values;
}

npy_array read_array(byte_source& source) {
    auto header = read_header(source);
    auto values = read_numbers(source, header);
    return {std::move(header.shape), std::move(values)};
}

byte_source source_of(input_file& file) {
    return {file.path(), file.size(), [&file](std::span<char> bytes) { file.read(bytes); }};
}

}  // namespace

npy_array from_npy(std::string_view bytes) {
    byte_source source{"the bytes", bytes.size(), [rest = bytes](std::span<char> to) mutable {
                           std::ranges::copy(rest.substr(0, to.size()), to.begin());
                           rest.remove_prefix(to.size());
                       }};
    return read_array(source);
}

npy_array read_npy(std::string const& path) {
    input_file file{path};
    auto source = source_of(file);
    return read_array(source);
}

template <std::size_t D>
field<D> read_npy(std::string const& path, cartesian<D> const& grid) {
    input_file file{path};
    auto source = source_of(file);
    auto const header = read_header(source);
    std::vector<std::size_t> const shape(grid.points().rbegin(), grid.points().rend());
    if (header.shape != shape)
        source.fail(concat("has the shape ", shape_to_text(header.shape), ", the grid's points have ",
                           shape_to_text(shape), ", x last",
                           std::ranges::equal(header.shape, grid.points()) ? "; save its transpose, u.T"
                                                                           : "; save it on that grid's points"));
    return {grid, read_numbers(source, header)};
}

template field<1> read_npy(std::string const&, cartesian<1> const&);
template field<2> read_npy(std::string const&, cartesian<2> const&);
template field<3> read_npy(std::string const&, cartesian<3> const&);

}  // namespace poise::grid
