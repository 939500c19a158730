// SPDX-License-Identifier: MIT
// usage: fuzz_READER FOLDER N    reads each file of the corpus, "good_…" to be accepted and "bad_…" to be refused, then
// N mutations of them: the same on every machine and in every run.
#include "harness.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using seeds = std::vector<std::string>;

bool read_corpus(char const* folder, seeds& corpus) {
    std::vector<std::filesystem::path> paths;
    for (auto const& entry : std::filesystem::directory_iterator{folder}) paths.push_back(entry.path());
    std::ranges::sort(paths);
    bool all_as_named = true;
    for (auto const& path : paths) {
        std::ifstream file{path, std::ios::binary};
        corpus.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
        bool const as_named = poise_fuzz::accepts(corpus.back()) == path.filename().string().starts_with("good_");
        if (!as_named) std::cout << path << " is not what its name says\n";
        all_as_named = all_as_named && as_named;
    }
    return all_as_named;
}

// The standard's distributions differ among libraries, its engines do not.
class mutator {
public:
    explicit mutator(seeds const& corpus) : corpus_{corpus} {}

    std::string next() {
        std::string text = any_seed();
        for (std::size_t n = 1 + below(4); n > 0; --n) mutate(text);
        return text;
    }

private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound); }
    std::string const& any_seed() { return corpus_[below(corpus_.size())]; }

    void mutate(std::string& text) {
        std::size_t const at = below(text.size() + 1);
        std::size_t const n = std::min(1 + below(8), text.size() - at);
        switch (below(7)) {
            case 0:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ 1 << below(8));
                break;
            case 1:
                if (at < text.size()) text[at] = "0123456789 \n\r%-+.eE'(),:{}\xff"[below(27)];
                break;
            case 2:
                text.erase(at, n);
                break;
            case 3:
                text.insert(at, text.substr(at, n));
                break;
            case 4:
                text.resize(at);
                break;
            case 5:
                text.insert(at, std::to_string(random_() >> below(64)));
                break;
            default: {
                auto const& other = any_seed();
                text =
                    text.substr(0, at) + other.substr(std::min(below(2) == 0 ? at : below(other.size()), other.size()));
            }
        }
    }

    seeds const& corpus_;
    std::mt19937_64 random_{20260101};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    seeds corpus;
    if (!read_corpus(argv[1], corpus)) return 1;
    mutator mutations{corpus};
    long const n = std::atol(argv[2]);
    long n_accepted = 0;
    for (long i = 0; i < n; ++i) n_accepted += poise_fuzz::accepts(mutations.next()) ? 1 : 0;
    std::cout << n << " mutations of " << corpus.size() << " files: " << n_accepted << " accepted\n";
    // Were all accepted, or none, the mutations would reach little of the reader.
    return n_accepted > n / 100 && n_accepted < n - n / 100 ? 0 : 1;
}
