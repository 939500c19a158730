// SPDX-License-Identifier: MIT
#include "task/worker_process.hpp"

#include "task/engine.hpp"
#include "task/remote_exception.hpp"
#include "task/special.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <utility>

namespace poise::task::detail {
namespace {

void write_outcome(byte_writer& out, run_state const& run, std::uint32_t id) {
    task::write(out, run.states[id]);
    task::write(out, run.blame[id]);
    auto const* kind = run.family_of(id).kind->result;
    if (run.states[id] == state::succeeded && kind->write != nullptr) kind->write(out, run.place_of(id));
    if (run.states[id] == state::failed || run.states[id] == state::skipped)
        write_exception(out, run.thrown_by(run.root_cause(id)));
}

void read_outcome(byte_reader& in, run_state& run, std::uint32_t id) {
    auto const came = task::read<state>(in);
    run.blame[id] = task::read<std::uint32_t>(in);
    auto const* kind = run.family_of(id).kind->result;
    if (came == state::succeeded && kind->read != nullptr) kind->read(in, run.place_of(id));
    if (came == state::failed || came == state::skipped) run.keep(run.root_cause(id), read_exception(in));
    run.states[id] = came;
}

std::string signal_text(int number) {
    char const* const text = ::strsignal(number);
    return concat("was killed by signal ", number, " (", text != nullptr ? text : "unknown", ")");
}

// Bytes that this process has mapped.
rlim_t address_space() {
    std::ifstream statm{"/proc/self/statm"};
    rlim_t n_pages = 0;
    statm >> n_pages;
    return n_pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

// What a copy of a process must not do as the original would.
void become_worker(worker_process::options const& chosen, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);  // it died before that
    std::signal(SIGINT, SIG_IGN);  // an interrupt from the keyboard is for the parent, whose death ends this one
    rlimit const no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    if (chosen.memory_limit > 0) {
        rlim_t const all = address_space() + chosen.memory_limit;
        rlimit const most{all, all};
        ::setrlimit(RLIMIT_AS, &most);
    }
    engine::forget_threads();
}

}  // namespace

worker_process::worker_process(run_state& run, options const& chosen, std::span<int const> others) : run_{run} {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw error{concat("processes: no socket for one more: ", std::strerror(errno))};
    auto parents_end = std::make_unique<process_channel>(ends[0]);
    auto childs_end = std::make_unique<process_channel>(ends[1]);
    known_.resize(run.steps->n_tasks);
    // What is in the buffers of the standard streams would be written twice.
    std::cout.flush();
    std::fflush(nullptr);
    pid_t const parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw error{concat("processes: cannot make one more: ", std::strerror(errno))};
    if (pid_ == 0) {
        for (int const other : others) ::close(other);
        parents_end.reset();
        channel_ = std::move(childs_end);
        serve(chosen, parent);
    }
    channel_ = std::move(parents_end);
}

worker_process::~worker_process() {
    kill();
    if (pid_ > 0) (void)how_it_ended();
}

void worker_process::kill() noexcept {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

std::string worker_process::how_it_ended() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (WIFSIGNALED(status)) return signal_text(WTERMSIG(status));
    return concat("exited with status ", WEXITSTATUS(status));
}

std::size_t worker_process::count_known_inputs(std::uint32_t id) const {
    std::size_t n = 0;
    graph_state::for_each_input(id, run_.family_of(id), [&](std::uint32_t input) { n += known_[input]; });
    return n;
}

void worker_process::send(std::uint32_t id, int attempt, std::chrono::steady_clock::time_point deadline) {
    task_ = id;
    deadline_ = deadline;
    process_channel::sender out{*channel_};
    task::write(out, id);
    task::write(out, attempt);
    task::write(out, deadline);
    std::vector<std::uint32_t> missing;
    graph_state::for_each_input(id, run_.family_of(id), [&](std::uint32_t input) {
        if (known_[input]) return;
        known_[input] = true;
        missing.push_back(input);
    });
    task::write(out, std::uint32_t{static_cast<std::uint32_t>(missing.size())});
    for (std::uint32_t const input : missing) {
        task::write(out, input);
        write_outcome(out, run_, input);
    }
    out.finish();
}

worker_process::reply worker_process::receive() {
    std::uint32_t const id = task_.value();
    process_channel::receiver in{*channel_};
    reply r;
    bool const failed = task::read<bool>(in);
    r.came = task::read<verdict>(in);
    r.when = task::read<run_state::times>(in);
    if (run_.memory) run_.add_memory(id, task::read<profile::memory_block>(in));
    if (failed) {
        r.thrown = read_exception(in);
    } else if (r.came == verdict::done) {
        auto const* kind = run_.family_of(id).kind->result;
        if (kind->read != nullptr) kind->read(in, run_.place_of(id));
        try {
            in.finish();
        } catch (...) {  // the process died behind the result: the task is tried again, and makes another
            if (kind->read != nullptr && kind->destroy != nullptr) kind->destroy(run_.place_of(id));
            throw;
        }
        known_[id] = true;
    }
    in.finish();
    task_.reset();
    deadline_ = std::chrono::steady_clock::time_point::max();
    return r;
}

// The life of the new process. It ends when the parent closes its end, or ends.
void worker_process::serve(options const& chosen, pid_t parent) {
    become_worker(chosen, parent);
    try {
        for (;;) serve_one();
    } catch (...) {
    }
    ::_exit(0);
}

void worker_process::serve_one() {
    process_channel::receiver in{*channel_};
    auto const id = task::read<std::uint32_t>(in);
    auto const attempt = task::read<int>(in);
    auto const deadline = task::read<std::chrono::steady_clock::time_point>(in);
    for (auto n = task::read<std::uint32_t>(in); n > 0; --n) {
        auto const input = task::read<std::uint32_t>(in);
        read_outcome(in, run_, input);
    }
    in.finish();

    plan::node const& n = run_.steps->nodes[id];
    auto const* special = special_of(n);
    frame const own{.results = run_.results.data(), .run = &run_, .attempt = attempt, .deadline = deadline};
    auto came = verdict::done;
    std::exception_ptr thrown;
    run_state::times when{profile::detail::now(), 0};
    profile::memory const used;
    try {
        came = special != nullptr ? special->call(special->body, own, id) : n.call(n.body, own, id);
    } catch (...) {
        thrown = std::current_exception();
    }
    when.end = profile::detail::now();
    auto const taken = used.so_far();
    std::cout.flush();
    std::fflush(nullptr);
    if (!thrown && came == verdict::done) run_.states[id] = state::succeeded;

    process_channel::sender out{*channel_};
    task::write(out, static_cast<bool>(thrown));
    task::write(out, came);
    task::write(out, when);
    if (run_.memory) task::write(out, taken);
    if (thrown)
        write_exception(out, thrown);
    else if (auto const* kind = run_.family_of(id).kind->result; came == verdict::done && kind->write != nullptr)
        kind->write(out, run_.place_of(id));
    out.finish();
}

}  // namespace poise::task::detail
