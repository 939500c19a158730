// SPDX-License-Identifier: MIT
// A file for a validator that is not ours.
#include "snapshots.hpp"

#include <poise/profile/json.hpp>

#include <iostream>

int main() { std::cout << poise::profile::to_json(poise::profile::full_snapshot()); }
