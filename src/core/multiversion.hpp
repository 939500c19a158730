// SPDX-License-Identifier: MIT
// Private to src/: one kernel, compiled for several instruction sets, chosen when the program is loaded.
#pragma once

// A packaged library is built for the oldest x86-64; the loader picks the clone that fits the processor. Sanitizers run
// their own code before the loader's resolvers may, so they get the plain function; so do other architectures.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(POISE_SANITIZED)
#define POISE_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define POISE_MULTIVERSION
#endif
