// SPDX-License-Identifier: MIT
#include "grid/png_encoder.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <new>

namespace poise::grid::detail {
namespace {

static_assert(sizeof(rgb) == 3, "libpng reads the pixels where they are");

// libpng is C and leaves on an error by a jump. Nothing with a destructor lives between setjmp() and the jump, and no
// exception passes through libpng: what happened is noted here and thrown once libpng is out of the way.
struct outcome {
    std::string bytes;
    std::array<char, 128> message{};
    bool out_of_memory = false;
};

extern "C" {
static void note_error(png_structp png, png_const_charp message) {
    auto* const result = static_cast<outcome*>(png_get_error_ptr(png));
    std::strncpy(result->message.data(), message, result->message.size() - 1);
    png_longjmp(png, 1);
}

// What comes before a failure that has no error: that of making what errors are reported to.
static void note_warning(png_structp png, png_const_charp message) {
    auto* const result = static_cast<outcome*>(png_get_error_ptr(png));
    std::strncpy(result->message.data(), message, result->message.size() - 1);
}

static void append_bytes(png_structp png, png_bytep data, std::size_t length) {
    auto* const result = static_cast<outcome*>(png_get_io_ptr(png));
    try {
        result->bytes.append(reinterpret_cast<char const*>(data), length);
    } catch (...) {
        result->out_of_memory = true;
    }
    if (result->out_of_memory) png_error(png, "out of memory");
}

static void flush_nothing(png_structp) {}
}

bool encode(canvas const& picture, outcome& result) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &result, note_error, note_warning);
    if (png == nullptr) return false;
    png_infop volatile info = nullptr;  // volatile: read after a jump
    if (setjmp(png_jmpbuf(png)) != 0) {
        png_infop made = info;
        png_destroy_write_struct(&png, &made);
        return false;
    }
    info = png_create_info_struct(png);
    if (info == nullptr) png_error(png, "no memory for the header");
    png_set_write_fn(png, &result, append_bytes, flush_nothing);
    png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width()), static_cast<png_uint_32>(picture.height()), 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    // Rows that repeat become zeros: smaller and a fifth faster than the best filter for each row, sought by libpng.
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_write_info(png, info);
    for (int y = 0; y < picture.height(); ++y) png_write_row(png, &picture.row(y)->red);
    png_write_end(png, info);
    png_infop made = info;
    png_destroy_write_struct(&png, &made);
    return true;
}

}  // namespace

std::string encode_png(canvas const& picture) {
    outcome result;
    bool const encoded = encode(picture, result);
    if (result.out_of_memory) throw std::bad_alloc{};
    if (!encoded) throw error{concat("libpng cannot encode the picture: ", std::string_view{result.message.data()})};
    return std::move(result.bytes);
}

}  // namespace poise::grid::detail
