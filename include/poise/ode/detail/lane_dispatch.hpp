// SPDX-License-Identifier: MIT
// Private to ode: one loop, compiled for several instruction sets where it is used, chosen when it runs.
#pragma once

#include <poise/ode/detail/registers.hpp>
#include <poise/ode/ensemble_options.hpp>

namespace poise::ode::detail {

// Integration::run() and all that it calls is inlined here.
#if POISE_HAS_REGISTERS
template <class Integration>
[[gnu::target(POISE_AVX512), gnu::flatten, gnu::noinline]] void run_avx512(Integration& integration) {
    integration.run();
}
template <class Integration>
[[gnu::target(POISE_AVX2), gnu::flatten, gnu::noinline]] void run_avx2(Integration& integration) {
    integration.run();
}
template <class Integration>
[[gnu::target("sse2"), gnu::flatten, gnu::noinline]] void run_sse2(Integration& integration) {
    integration.run();
}
#endif
template <class Integration>
#ifdef __GNUC__
[[gnu::flatten]]
#endif
void run_portable(Integration& integration) {
    integration.run();
}

/// The best there are where `wanted` is that, else `wanted`.
[[nodiscard]] inline instruction_set chosen(instruction_set wanted) noexcept {
    if (wanted != instruction_set::best) return wanted;
    for (auto const each : {instruction_set::avx512, instruction_set::avx2, instruction_set::sse2})
        if (POISE_HAS_REGISTERS && is_available(each)) return each;
    return instruction_set::portable;
}

/// body.template operator()<Registers>(run), run being what runs an integration with those registers.
template <class Body>
void with_registers(instruction_set instructions, Body const& body) {
    switch (instructions) {
#if POISE_HAS_REGISTERS
        case instruction_set::avx512:
            return body.template operator()<avx512_registers>([](auto& integration) { run_avx512(integration); });
        case instruction_set::avx2:
            return body.template operator()<avx2_registers>([](auto& integration) { run_avx2(integration); });
        case instruction_set::sse2:
            return body.template operator()<sse2_registers>([](auto& integration) { run_sse2(integration); });
#endif
        default:
            return body.template operator()<portable_registers>([](auto& integration) { run_portable(integration); });
    }
}

}  // namespace poise::ode::detail
