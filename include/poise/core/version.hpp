// SPDX-License-Identifier: MIT
// The version of poise, kept here once: CMake reads it from these three lines.
#pragma once

#define POISE_VERSION_MAJOR 0
#define POISE_VERSION_MINOR 1
#define POISE_VERSION_PATCH 0
