// SPDX-License-Identifier: MIT
#include "task/process_pool.hpp"

#include "task/engine.hpp"
#include "task/special.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace poise::task::detail {

// Seen by all processes.
struct process_pool::shared_page {
    std::atomic<bool> stop{false};
};

process_pool::process_pool(run_state& run, int n_processes, worker_process::options const& chosen)
    : run_{run}, chosen_{chosen}, wake_descriptor_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    void* const page = ::mmap(nullptr, sizeof(shared_page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (wake_descriptor_ < 0 || page == MAP_FAILED) {
        std::string const why = std::strerror(errno);
        if (wake_descriptor_ >= 0) ::close(wake_descriptor_);
        throw error{concat("processes: cannot begin: ", why)};
    }
    page_ = ::new (page) shared_page;
    run_.stop_elsewhere = &page_->stop;
    workers_.resize(static_cast<std::size_t>(n_processes));
    try {
        for (std::size_t w = 0; w < workers_.size(); ++w) replace(w);
    } catch (error const&) {
        std::erase(workers_, nullptr);
        if (!workers_.empty()) return;  // some are better than none; their number is told
        ::munmap(page_, sizeof(shared_page));
        ::close(wake_descriptor_);
        throw;
    }
}

process_pool::~process_pool() {
    workers_.clear();
    run_.stop_elsewhere = nullptr;
    ::munmap(page_, sizeof(shared_page));
    ::close(wake_descriptor_);
}

void process_pool::replace(std::size_t w) {
    workers_[w].reset();
    std::vector<int> others{wake_descriptor_};
    for (auto const& worker : workers_)
        if (worker) others.push_back(worker->descriptor());
    workers_[w] = std::make_unique<worker_process>(run_, chosen_, others);
}

task_options const* process_pool::options_of(std::uint32_t id) const noexcept {
    auto const* special = special_of(run_.steps->nodes[id]);
    return special != nullptr ? &special->options : nullptr;
}

int process_pool::idle_worker_for(std::uint32_t id) const {
    int best = -1;
    std::size_t most_known = 0;
    for (std::size_t w = 0; w < workers_.size(); ++w) {
        if (!workers_[w] || workers_[w]->task()) continue;
        std::size_t const known = workers_[w]->count_known_inputs(id);
        if (best < 0 || known > most_known) best = static_cast<int>(w), most_known = known;
    }
    return best;
}

bool process_pool::has_idle() const {
    return std::ranges::any_of(workers_, [](auto const& w) { return w && !w->task(); });
}

void process_pool::start(engine& of, std::uint32_t id) {
    tries_[id] = {};
    if (has_idle())
        begin(of, id);
    else
        tries_[id].again = clock::now();
}

void process_pool::begin(engine& of, std::uint32_t id) {
    auto& tries = tries_[id];
    ++tries.n;
    tries.again = clock::time_point::max();
    tries.last = nullptr;
    auto const* options = options_of(id);
    if (options != nullptr && options->retries > 0) run_.count_attempts(id, tries.n);
    bool const limited = options != nullptr && is_limited(*options);
    auto const deadline = limited ? clock::now() + options->timeout : clock::time_point::max();
    auto const w = static_cast<std::size_t>(idle_worker_for(id));
    try {
        workers_[w]->send(id, tries.n, deadline);
    } catch (channel_closed const&) {
        bury(of, w, false);
    } catch (...) {
        // Its inputs cannot be written; the process has half a message.
        auto const thrown = std::current_exception();
        workers_[w]->kill();
        replace(w);
        fail(of, id, thrown);
    }
}

void process_pool::finish(engine& of, std::size_t w) {
    std::uint32_t const id = workers_[w]->task().value();
    worker_process::reply reply;
    try {
        reply = workers_[w]->receive();
    } catch (channel_closed const&) {
        bury(of, w, false);
        return;
    } catch (...) {
        // The result cannot be read, and neither can what stands behind it.
        auto const thrown = std::current_exception();
        replace(w);
        fail(of, id, thrown);
        return;
    }
    if (run_.timed) run_.worker[id] = static_cast<std::uint16_t>(w);
    if (reply.thrown) {
        fail(of, id, reply.thrown);
        return;
    }
    tries_.erase(id);
    of.resume(id, reply.came == verdict::omitted ? news::omitted : news::succeeded);
    if (run_.timed) run_.when[id] = reply.when;  // as it was there, without the way
}

// The process is gone, or is to go, with its task.
void process_pool::bury(engine& of, std::size_t w, bool timed_out) {
    std::uint32_t const id = workers_[w]->task().value();
    std::string const end = workers_[w]->how_it_ended();
    std::exception_ptr thrown;
    if (timed_out)
        thrown = std::make_exception_ptr(timeout_error{
            concat("its process was killed after ",
                   seconds_to_text(std::chrono::duration<double>(options_of(id)->timeout).count()), ", its timeout")});
    else
        thrown = std::make_exception_ptr(process_error{concat("its process ", end)});
    try {
        replace(w);
    } catch (error const&) {
        workers_[w] = nullptr;  // one less
        if (is_gone()) of.stop();
    }
    fail(of, id, std::move(thrown));
}

void process_pool::fail(engine& of, std::uint32_t id, std::exception_ptr thrown) {
    auto const* options = options_of(id);
    auto& tries = tries_[id];
    if (options != nullptr && tries.n <= options->retries && !stop_requested(run_) && !is_gone()) {
        tries.again = clock::now() + pause_before(tries.n, *options);
        tries.last = std::move(thrown);
        return;
    }
    give_up(of, id, std::move(thrown));
}

void process_pool::give_up(engine& of, std::uint32_t id, std::exception_ptr thrown) {
    tries_.erase(id);
    run_.keep(id, std::move(thrown));
    of.resume(id, news::failed);
}

void process_pool::repeat_what_is_due(engine& of) {
    auto const now = clock::now();
    bool const over = stop_requested(run_) || is_gone();
    std::vector<std::uint32_t> due;
    for (auto const& [id, tries] : tries_)
        if (tries.again <= now || (over && tries.last)) due.push_back(id);
    for (std::uint32_t const id : due) {
        if (over && tries_[id].last)
            give_up(of, id, tries_[id].last);
        else if (is_gone())
            give_up(of, id, std::make_exception_ptr(process_error{"there is no process left to run it"}));
        else if (has_idle())
            begin(of, id);
    }
}

bool process_pool::is_gone() const {
    return std::ranges::all_of(workers_, [](auto const& w) { return w == nullptr; });
}

process_pool::clock::time_point process_pool::next_moment() const {
    auto next = clock::time_point::max();
    for (auto const& worker : workers_)
        if (worker) next = std::min(next, worker->deadline());
    if (has_idle())
        for (auto const& [id, tries] : tries_) next = std::min(next, tries.again);
    return next;
}

// As in a channel, a few looks come first.
int process_pool::poll_until(std::span<pollfd> polled, clock::time_point next) {
    timespec wait{};
    for (int look = 0; look < process_channel::n_looks; ++look) {
        if (int const n = ::ppoll(polled.data(), polled.size(), &wait, nullptr); n != 0) return n;
        ::sched_yield();
    }
    if (next == clock::time_point::max()) return ::ppoll(polled.data(), polled.size(), nullptr, nullptr);
    auto const ns = std::max<std::int64_t>(0, std::chrono::nanoseconds(next - clock::now()).count());
    wait = {ns / 1'000'000'000, ns % 1'000'000'000};
    return ::ppoll(polled.data(), polled.size(), &wait, nullptr);
}

void process_pool::wait(engine& of) {
    std::vector<pollfd> polled{{wake_descriptor_, POLLIN, 0}};
    std::vector<std::size_t> which;
    for (std::size_t w = 0; w < workers_.size(); ++w) {
        if (!workers_[w] || !workers_[w]->task()) continue;
        polled.push_back({workers_[w]->descriptor(), POLLIN, 0});
        which.push_back(w);
    }
    if (poll_until(polled, next_moment()) > 0) {
        std::uint64_t count = 0;
        if (polled[0].revents != 0) (void)!::read(wake_descriptor_, &count, sizeof count);
        for (std::size_t k = 0; k < which.size(); ++k)
            if (polled[k + 1].revents != 0) finish(of, which[k]);
    }
    auto const now = clock::now();
    for (std::size_t w = 0; w < workers_.size(); ++w)
        if (workers_[w] && workers_[w]->task() && workers_[w]->deadline() <= now) {
            workers_[w]->kill();
            bury(of, w, true);
        }
    repeat_what_is_due(of);
}

void process_pool::wake() noexcept {
    std::uint64_t const one = 1;
    (void)!::write(wake_descriptor_, &one, sizeof one);
}

void process_pool::stop() noexcept {
    page_->stop.store(true, std::memory_order_relaxed);
    wake();
}

}  // namespace poise::task::detail
