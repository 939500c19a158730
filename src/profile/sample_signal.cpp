// SPDX-License-Identifier: MIT
#include "profile/sample_signal.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

namespace poise::profile::detail {
namespace {

constinit std::atomic<sample_target*> target_of_signals{nullptr};
// Who frees what handlers use waits until none runs: handlers count themselves before they look for the target.
constinit std::atomic<int> handlers_running{0};
constinit struct sigaction handler_before = {};

#if defined(POISE_HAS_CALL_FRAMES)

machine_state state_of(mcontext_t const& context) noexcept {
    constexpr int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
                             REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    machine_state state;
    for (unsigned i = 0; i < dwarf_register::count; ++i)
        state.set(i, static_cast<std::uintptr_t>(context.gregs[order[i]]));
    return state;
}

// Whether the signal ended a sleep: then the thread stands before a system call that will be made again, or behind one
// that failed with EINTR. A call that did something instead stands behind it with another result.
bool was_asleep(mcontext_t const& context) noexcept {
    auto const at = static_cast<std::uintptr_t>(context.gregs[REG_RIP]);
    constexpr std::uintptr_t page = 4096, end_of_user_space = std::uintptr_t{1} << 47;
    if (at >= end_of_user_space || at % page < 2 || at % page > page - 2) return false;
    auto const* const code = reinterpret_cast<unsigned char const volatile*>(at);
    auto const is_system_call = [](unsigned char first, unsigned char second) {
        return first == 0x0F && second == 0x05;
    };
    if (is_system_call(code[0], code[1])) return true;
    return is_system_call(code[-2], code[-1]) && context.gregs[REG_RAX] == -EINTR;
}

// Writes frames until the outermost that is asked for.
stack_end write_stack(unwinder& walker, sample_ring& ring, std::uintptr_t outermost, memory_map const& map) noexcept {
    while (true) {
        std::uintptr_t frame = 0;
        unwinding const found = walker.find_frame(frame);
        if (found == unwinding::done && outermost != 0 && frame > outermost) return stack_end::whole;
        if (ring.size() == max_sampled_depth) return stack_end::too_deep;
        ring.put(walker.address());
        unwinding const stepped = found == unwinding::done ? walker.step() : found;
        if (stepped == unwinding::no_caller) return stack_end::whole;
        if (stepped == unwinding::lost) return stack_end::lost;
        if (walker.is_interrupted()) walker.set_stack(map.from(walker.stack_pointer()));
    }
}

void look(sample_target& target, sampled_thread& thread, mcontext_t const& context) noexcept {
    if (was_asleep(context) || !thread.ring.begin()) return;
    machine_state const state = state_of(context);
    memory_map const& map = *target.map.load(std::memory_order_acquire);
    address_range stack = map.from(state.registers[dwarf_register::rsp]);
    if (stack.high == 0) target.map_is_stale.store(true, std::memory_order_relaxed);
    std::uintptr_t outermost = thread.outermost.load(std::memory_order_relaxed);
    if (outermost < stack.low || outermost >= stack.high) outermost = 0;  // it runs on another stack now
    unwinder walker{state, stack};
    stack_end const end = write_stack(walker, thread.ring, outermost, map);
    if (thread.ring.size() != 0) thread.ring.finish(end);
}

void handle(int, siginfo_t* info, void* context) {
    int const errno_before = errno;
    handlers_running.fetch_add(1);
    sample_target* const target = target_of_signals.load();
    if (target != nullptr && info->si_code == SI_QUEUE && target->looking.load()) {
        auto const tag = reinterpret_cast<std::uintptr_t>(info->si_value.sival_ptr);
        sampled_thread* const thread =
            tag >> sample_target::index_bits == target->generation
                ? target->threads[tag % sample_target::max_threads].load(std::memory_order_acquire)
                : nullptr;
        if (thread != nullptr) look(*target, *thread, static_cast<ucontext_t const*>(context)->uc_mcontext);
    }
    handlers_running.fetch_sub(1);
    errno = errno_before;
}

#else

void handle(int, siginfo_t*, void*) {}

#endif

}  // namespace

void install_sample_handler(sample_target& target) {
    frame_row unused;
    find_frame_row(reinterpret_cast<std::uintptr_t>(&handle), unused);  // binds what handlers must not have to look for
    forget_frame_rows();
    struct sigaction wanted = {};
    wanted.sa_sigaction = handle;
    wanted.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    ::sigfillset(&wanted.sa_mask);
    target_of_signals.store(&target);
    if (::sigaction(SIGPROF, &wanted, &handler_before) == 0) return;
    target_of_signals.store(nullptr);
    throw error{concat("sample: SIGPROF cannot be handled: ", ::strerror(errno))};
}

void remove_sample_handler() noexcept {
    struct sigaction present = {};
    if (::sigaction(SIGPROF, nullptr, &present) == 0 && (present.sa_flags & SA_SIGINFO) != 0 &&
        present.sa_sigaction == handle) {
        // Ignoring a signal drops it wherever it is pending; by default the next one would end the process.
        struct sigaction ignored = {};
        ignored.sa_handler = SIG_IGN;
        ::sigaction(SIGPROF, &ignored, nullptr);
        ::sigaction(SIGPROF, &handler_before, nullptr);
    }
    target_of_signals.store(nullptr);
    while (handlers_running.load() != 0) ::sched_yield();
}

void forget_sample_target() noexcept {
    target_of_signals.store(nullptr);
    handlers_running.store(0);
}

}  // namespace poise::profile::detail
