// SPDX-License-Identifier: MIT
#include "profile/stack_tree.hpp"

#include "profile/symbols.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

namespace poise::profile::detail {
namespace {

constexpr std::size_t max_places = 1'000'000;

// Where the outer part of a stack is not known: addresses that no code has.
constexpr std::uintptr_t below_too_deep = 1, below_lost = 2;

std::vector<source_frame> frames_at(std::uintptr_t address) {
    if (address == below_too_deep) return {{"[callers past 128 calls]", "", 0, false}};
    if (address == below_lost) return {{"[callers not found]", "", 0, false}};
    return symbolise(address);
}

// Functions that stand around everything and tell nothing: what starts threads, what calls the sampled callable. Shared
// libraries have no names for some of them.
bool is_surroundings(source_frame const& frame) {
    using namespace std::string_view_literals;
    std::string_view const name = frame.function;
    if (std::string_view{frame.file}.ends_with("poise/profile/sample.hpp")) return true;
    constexpr std::string_view whole[] = {"_start"sv, "start_thread"sv, "clone"sv,
                                          "clone3"sv, "__clone3"sv,     "execute_native_thread_routine"sv};
    constexpr std::string_view beginnings[] = {"__libc_start"sv, "[libc.so."sv, "[libstdc++.so."sv,
                                               "void poise::profile::detail::call_sampled<"sv};
    return std::ranges::find(whole, name) != std::end(whole) ||
           std::ranges::any_of(beginnings, [&](std::string_view part) { return name.starts_with(part); });
}

}  // namespace

struct stack_tree::draft {
    source_frame where;
    std::uint64_t self = 0, total = 0;
    std::map<std::pair<unsigned, bool>, std::uint64_t> lines;  // and whether it was inlined there
    std::vector<std::unique_ptr<draft>> children;

    draft& below(source_frame const& frame) {
        auto const found = std::ranges::find_if(children, [&](auto const& child) {
            return child->where.function == frame.function && child->where.file == frame.file;
        });
        if (found != children.end()) return **found;
        children.push_back(std::make_unique<draft>());
        children.back()->where = frame;
        return *children.back();
    }
    void count(source_frame const& frame, std::uint64_t samples) {
        total += samples;
        lines[{frame.line, frame.inlined}] += samples;
    }
    function_statistics finished() const {
        function_statistics made{where, self, total, {}};
        if (auto const most = std::ranges::max_element(lines, {}, [](auto const& l) { return l.second; });
            most != lines.end())
            std::tie(made.where.line, made.where.inlined) = most->first;
        for (auto const& child : children) made.children.push_back(child->finished());
        std::ranges::sort(made.children, [](function_statistics const& a, function_statistics const& b) {
            if (a.total_samples != b.total_samples) return a.total_samples > b.total_samples;
            return std::tie(a.where.function, a.where.file) < std::tie(b.where.function, b.where.file);
        });
        return made;
    }
};

std::uint32_t stack_tree::child(std::uint32_t parent, std::uintptr_t address) {
    auto const next = static_cast<std::uint32_t>(places_.size());
    auto const [found, is_new] = found_.try_emplace({parent, address}, next);
    if (is_new) {
        places_.push_back({address, 0, 0, {}});
        places_[parent].children.push_back(next);
    }
    return found->second;
}

void stack_tree::add(std::span<std::uintptr_t const> addresses, stack_end end) {
    if (places_.size() + addresses.size() + 1 > max_places) {
        ++lost_;
        return;
    }
    std::uint32_t at = 0;
    ++samples_;
    auto const enter = [&](std::uintptr_t address) {
        at = child(at, address);
        ++places_[at].total;
    };
    if (end != stack_end::whole) enter(end == stack_end::too_deep ? below_too_deep : below_lost);
    std::for_each(addresses.rbegin(), addresses.rend(), enter);
    ++places_[at].self;
}

void stack_tree::place_under(draft& parent, std::uint32_t index) const {
    place const& here = places_[index];
    draft* at = &parent;
    std::vector<source_frame> const frames = frames_at(here.address);
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {  // the outermost first
        bool const at_root = at->where.function.empty();
        bool const has_samples = here.self != 0 && frame + 1 == frames.rend();
        if (at_root && !has_samples && is_surroundings(*frame)) continue;
        at = &at->below(*frame);
        at->count(*frame, here.total);
    }
    at->self += here.self;
    for (std::uint32_t const next : here.children) place_under(*at, next);
}

function_statistics stack_tree::functions() const {
    draft root;
    for (std::uint32_t const top : places_.front().children) place_under(root, top);
    function_statistics made = root.finished();
    made.total_samples = samples_;
    return made;
}

}  // namespace poise::profile::detail
