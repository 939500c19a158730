// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/ode/detail/radau_kernels.hpp>

namespace poise::ode::detail {

POISE_MULTIVERSION void residual_of_long_stages(radau_stages<3> const& of, double inverse_h) noexcept {
    residual_of_stages(of, inverse_h);
}
POISE_MULTIVERSION void residual_of_long_stages(radau_stages<5> const& of, double inverse_h) noexcept {
    residual_of_stages(of, inverse_h);
}
POISE_MULTIVERSION void residual_of_long_stages(radau_stages<7> const& of, double inverse_h) noexcept {
    residual_of_stages(of, inverse_h);
}
POISE_MULTIVERSION void move_long_stages(radau_stages<3> const& of, double* moved) noexcept { move_stages(of, moved); }
POISE_MULTIVERSION void move_long_stages(radau_stages<5> const& of, double* moved) noexcept { move_stages(of, moved); }
POISE_MULTIVERSION void move_long_stages(radau_stages<7> const& of, double* moved) noexcept { move_stages(of, moved); }

}  // namespace poise::ode::detail
