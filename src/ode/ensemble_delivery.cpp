// SPDX-License-Identifier: MIT
#include <poise/ode/detail/ensemble_delivery.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace poise::ode::detail {
namespace {

std::size_t chunk_size_of(std::size_t n) { return std::clamp<std::size_t>(n / 64, 4, 64); }

}  // namespace

ensemble_delivery::ensemble_delivery(ensemble_rows const& rows, std::size_t n_threads, ensemble_statistics& total,
                                     std::function<void(std::size_t, double const*)> give, sink_order order)
    : rows_{rows},
      chunk_size_{chunk_size_of(rows.n)},
      n_chunks_{(rows.n + chunk_size_ - 1) / chunk_size_},
      total_{total},
      give_{std::move(give)},
      order_{order},
      places_(std::min<std::size_t>(n_chunks_, 4 + 4 * n_threads)) {
    for (auto& place : places_) {
        place.statistics = total;
        if (rows_.saved == nullptr) place.own_saved.resize(chunk_size_ * rows_.n_times * rows_.n_components);
    }
}

bool ensemble_delivery::may_take() const noexcept {
    std::size_t const next = n_taken_.load();
    return next < n_chunks_ && next - n_merged_.load() < places_.size();
}

ensemble_delivery::chunk* ensemble_delivery::take() noexcept {
    std::size_t number = n_taken_.load();
    do {
        if (number >= n_chunks_ || number - n_merged_.load() >= places_.size() || is_stopped_) return nullptr;
    } while (!n_taken_.compare_exchange_weak(number, number + 1));
    chunk& taken = places_[number % places_.size()];
    taken.first = number * chunk_size_;
    taken.end = std::min(rows_.n, taken.first + chunk_size_);
    taken.n_left = taken.end - taken.first;
    taken.saved = rows_.saved != nullptr ? rows_.saved + taken.first * rows_.n_times * rows_.n_components
                                         : taken.own_saved.data();
    return &taken;
}

bool ensemble_delivery::wait() {
    std::unique_lock lock{mutex_};
    has_room_.wait(lock, [&] { return is_stopped_ || n_taken_.load() >= n_chunks_ || may_take(); });
    return !is_stopped_ && n_taken_.load() < n_chunks_;
}

void ensemble_delivery::complete(chunk& ended) {
    for (std::size_t i = ended.first; i < ended.end; ++i) {
        trajectory_report const& report = rows_.reports[i];
        std::size_t const n = rows_.n_components;
        if (rows_.n_times > 0)
            ended.statistics.add({ended.saved + (i - ended.first) * rows_.n_times * n, report.n_saved * n});
        else if (report)
            ended.statistics.add({rows_.y + i * n, n});
    }
    {
        std::scoped_lock const lock{mutex_};
        ended.is_complete = true;
        // Who is at it comes to this one too.
        if (std::exchange(is_delivering_, true)) return;
    }
    try {
        deliver_all();
    } catch (...) {
        stop();
        throw;
    }
}

// One that is complete, of those that may have their turn; there is none: somebody else delivers from now on.
ensemble_delivery::chunk* ensemble_delivery::next_to_give() {
    std::scoped_lock const lock{mutex_};
    std::size_t const first = n_merged_.load();
    std::size_t const n = order_ == sink_order::by_number ? std::min(first + 1, n_taken_.load()) : n_taken_.load();
    for (std::size_t c = first; c < n; ++c)
        if (chunk& place = places_[c % places_.size()]; place.is_complete && !place.is_given) return &place;
    is_delivering_ = false;
    return nullptr;
}

void ensemble_delivery::deliver_all() {
    while (chunk* const next = next_to_give()) {
        if (give_)
            for (std::size_t i = next->first; i < next->end; ++i)
                give_(i, next->saved + (i - next->first) * rows_.n_times * rows_.n_components);
        std::scoped_lock const lock{mutex_};
        next->is_given = true;
        for (std::size_t first = n_merged_.load(); first < n_taken_.load(); ++first) {
            chunk& place = places_[first % places_.size()];
            if (!place.is_given) break;
            total_.merge(place.statistics);
            place.statistics.clear();
            place.is_complete = place.is_given = false;
            n_merged_ = first + 1;
        }
        has_room_.notify_all();
    }
}

void ensemble_delivery::stop() noexcept {
    std::scoped_lock const lock{mutex_};
    is_stopped_ = true;
    has_room_.notify_all();
}

}  // namespace poise::ode::detail
