// SPDX-License-Identifier: MIT
#include "profile/block_size.hpp"

#include <dlfcn.h>

#include <array>
#include <cstdlib>

namespace poise::profile::detail {

namespace {

#if defined(__GLIBC__) && defined(__LP64__) && !defined(POISE_SANITIZED)

// Another allocator's memory in front of a block must not even be read, so first: is malloc glibc's, and does it round
// as glibc does? Valgrind's is called by the same name, and does not.
bool malloc_is_of_glibc() noexcept {
    Dl_info malloc_of{}, libc{};
    void* const malloc_found = ::dlsym(RTLD_DEFAULT, "malloc");
    void* const libc_found = ::dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
    if (malloc_found == nullptr || libc_found == nullptr || ::dladdr(malloc_found, &malloc_of) == 0 ||
        ::dladdr(libc_found, &libc) == 0 || malloc_of.dli_fbase != libc.dli_fbase)
        return false;
    void* const smallest = std::malloc(1);
    bool const rounded = ::malloc_usable_size(smallest) == 3 * sizeof(std::size_t);
    std::free(smallest);
    return rounded;
}

bool chunks_are_as_expected() noexcept {
    for (std::size_t const size : {1, 24, 25, 100, 1000, 1032, 5000, 70'000, 200'000, 40'000'000}) {
        void* const block = std::malloc(size);
        if (block == nullptr) return false;
        bool const equal = is_mapped_chunk(block) || chunk_block_size(block) == ::malloc_usable_size(block);
        std::free(block);
        if (!equal) return false;
    }
    return true;
}

#else

bool malloc_is_of_glibc() noexcept { return false; }
bool chunks_are_as_expected() noexcept { return false; }

#endif

}  // namespace

bool chunk_sizes_can_be_read() noexcept { return malloc_is_of_glibc() && chunks_are_as_expected(); }

}  // namespace poise::profile::detail
