// SPDX-License-Identifier: MIT
#include "linear/transform/axis_transform.hpp"

#include <algorithm>
#include <complex>
#include <utility>

namespace poise::linear::detail {
namespace {

using grid::condition_kind;

// What the positions of a plan are rounded up to: the widest vector.
constexpr int widest = 8;

// The index among the reordered points v of point t: the even ones, and behind them the odd ones backwards.
int reordered(int t, int size) { return t % 2 == 0 ? t / 2 : size - 1 - (t - 1) / 2; }

class planner {
public:
    planner(int n_points, int n_cells, double h) : n_{n_points}, cells_{n_cells}, h_{h} {
        point_in_.resize(static_cast<std::size_t>(n_));
        point_out_.resize(static_cast<std::size_t>(n_));
    }

    // Regions of the workspace, in vectors.
    int lane(int size) { return std::exchange(used_, used_ + size); }
    int scratch(fft_plan const& fft) { return std::exchange(used_, used_ + 2 * fft.workspace); }

    void point(int i, int in, int out) {
        point_in_[static_cast<std::size_t>(i)] = in;
        point_out_[static_cast<std::size_t>(i)] = out;
    }
    // The next mode: where it lies, its angle π numerator/denominator, and Σ M φ².
    void mode(int out, int in, std::int64_t numerator, std::int64_t denominator, double norm) {
        if (numerator == 0) result_.constant_mode = static_cast<std::ptrdiff_t>(mode_out_.size());
        mode_out_.push_back(out);
        mode_in_.push_back(in);
        double const s = root_of_unity(numerator, 4 * denominator).imag();  // sin(π numerator / 2 denominator)
        result_.eigenvalues.push_back(4.0 * s * s / (h_ * h_));
        result_.inverse_norms.push_back(1.0 / norm);
    }
    void pass(trig_pass const& forward, trig_pass const& backward) {
        forward_.push_back(forward);
        backward_.insert(backward_.begin(), backward);
    }
    plan_memory& memory() { return result_.memory; }
    int cells() const { return cells_; }
    void alternate() { result_.plan.alternating = true; }

    axis_transform finish() && {
        int const nobody = lane(1);
        axis_plan& plan = result_.plan;
        plan.n = n_;
        plan.workspace = used_;
        plan.point_in = padded(point_in_, nobody);
        plan.point_out = padded(point_out_, nobody);
        plan.mode_in = padded(mode_in_, nobody);
        plan.mode_out = padded(mode_out_, nobody);
        plan.n_forward = static_cast<int>(forward_.size());
        plan.n_backward = static_cast<int>(backward_.size());
        plan.forward = kept(forward_);
        plan.backward = kept(backward_);
        return std::move(result_);
    }

private:
    std::int32_t const* padded(std::vector<std::int32_t> const& positions, int nobody) {
        auto const out = memory().positions(positions.size() + widest);
        std::fill(std::copy(positions.begin(), positions.end(), out.begin()), out.end(), nobody);
        return out.data();
    }
    trig_pass const* kept(std::vector<trig_pass> const& passes) {
        auto const out = memory().passes(passes.size());
        std::copy(passes.begin(), passes.end(), out.begin());
        return out.data();
    }

    int n_;
    int cells_;
    double h_;
    int used_ = 0;
    std::vector<std::int32_t> point_in_, point_out_, mode_in_, mode_out_;
    std::vector<trig_pass> forward_, backward_;
    axis_transform result_;
};

// DCT-II and DCT-III of length `size` by a complex transform of half the length, or of the length where it is odd.
trig_pass cosine_pass(planner& plan, int size, int lane, folding fold) {
    trig_pass pass{.kind = pass_kind::coefficients_to_points,
                   .fold = fold,
                   .whole = size % 2 != 0,
                   .size = size,
                   .lane = lane,
                   .fft = plan.memory().plan_fft(size % 2 != 0 ? size : size / 2)};
    pass.scratch = plan.scratch(pass.fft);
    std::vector<std::complex<double>> w;
    if (pass.whole)
        for (int k = 0; k < size; ++k) w.push_back(root_of_unity(k, 4 * size));
    else
        for (int half = size / 2, k = 1; 2 * k <= half; ++k)
            w.insert(w.end(), {0.5 * root_of_unity(k, 4 * size), 0.5 * root_of_unity(half - k, 4 * size),
                               root_of_unity(k, size)});
    auto const twiddles = plan.memory().doubles(2 * w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
        twiddles[2 * i] = w[i].real();
        twiddles[2 * i + 1] = w[i].imag();
    }
    pass.twiddles = twiddles.data();
    return pass;
}

trig_pass as(trig_pass pass, pass_kind kind) {
    pass.kind = kind;
    return pass;
}

// Where point t of a cosine pass is before the transform, and after it (with real and imaginary part exchanged).
int before(trig_pass const& pass, int t) {
    int const q = reordered(t, pass.size);
    return pass.scratch + (pass.whole ? 2 * q : q);
}
int after(trig_pass const& pass, int t) {
    int const q = reordered(t, pass.size);
    if (pass.whole) return pass.scratch + 2 * pass.fft.position[q] + 1;
    return pass.scratch + 2 * pass.fft.position[q / 2] + 1 - q % 2;
}

// sin(πkj/N), k and j = 1 … N-1; and cos(πkj/N), k and j = 0 … N: halved as long as N is even.
void plan_halvings(planner& plan, folding kind) {
    bool const sines = kind == folding::sines;
    int const N = plan.cells();
    int const lane = plan.lane(N + 1);
    for (int i = 0; i < (sines ? N - 1 : N + 1); ++i) plan.point(i, lane + i + sines, lane + i + sines);
    int step = 1;
    int rest = N;
    auto const norm = [N](int k) { return k == 0 || k == N ? 1.0 * N : 0.5 * N; };
    for (; rest % 2 == 0; rest /= 2, step *= 2) {
        auto const pass = cosine_pass(plan, rest / 2, lane, kind);
        plan.pass(as(pass, pass_kind::coefficients_to_points), as(pass, pass_kind::points_to_coefficients));
        for (int i = 0; i < rest / 2; ++i)
            plan.mode(after(pass, i), before(pass, i), std::int64_t{2 * i + 1} * step, N, 0.5 * N);
    }
    if (sines && rest == 1) return;
    trig_pass pass{.size = rest, .lane = lane, .fft = plan.memory().plan_fft(rest)};
    pass.scratch = plan.scratch(pass.fft);
    plan.pass(as(pass, sines ? pass_kind::odd_sines_forward : pass_kind::odd_cosines_forward),
              as(pass, sines ? pass_kind::odd_sines_backward : pass_kind::odd_cosines_backward));
    for (int k = sines ? 1 : 0; k < rest + (sines ? 0 : 1); ++k) {
        // Even numbers 2m are the imaginary parts of a sine transform and the real parts of a cosine transform.
        int const m = k % 2 == 0 ? k / 2 : (rest - k) / 2;
        int const part = (k % 2 == 0) == sines ? 1 : 0;
        plan.mode(pass.scratch + 2 * pass.fft.position[m] + part, pass.scratch + 2 * m + part, std::int64_t{k} * step,
                  N, norm(k * step));
    }
}

// Between a wall and a mirror on nodes: cos((k+1/2)πj/N) from the mirror, which is a DCT-III.
void plan_half_odd_nodes(planner& plan, bool mirror_first) {
    int const N = plan.cells();
    int const lane = plan.lane(N);
    auto const pass = cosine_pass(plan, N, lane, folding::none);
    plan.pass(as(pass, pass_kind::coefficients_to_points), as(pass, pass_kind::points_to_coefficients));
    for (int i = 0; i < N; ++i) {
        int const at = lane + (mirror_first ? i : N - 1 - i);
        plan.point(i, at, at);
        plan.mode(after(pass, i), before(pass, i), 2 * i + 1, 2 * N, 0.5 * N);
    }
}

// On cells between like ends: cos(πk(2j+1)/2N), a DCT-II. sin(πk(2j+1)/2N) is that of number N-k but for signs that
// alternate along the points.
void plan_cells(planner& plan, bool sines) {
    int const N = plan.cells();
    int const lane = plan.lane(N);
    auto const pass = cosine_pass(plan, N, lane, folding::none);
    plan.pass(as(pass, pass_kind::points_to_coefficients), as(pass, pass_kind::coefficients_to_points));
    if (sines) plan.alternate();
    for (int i = 0; i < N; ++i) {
        plan.point(i, before(pass, i), after(pass, i));
        int const at = lane + (sines ? N - 1 - i : i);
        plan.mode(at, at, sines ? i + 1 : i, N, i == (sines ? N - 1 : 0) ? 1.0 * N : 0.5 * N);
    }
}

// On cells between a mirror and a wall: cos(π(2k+1)(2j+1)/4N) from the mirror, a DCT-IV.
void plan_half_odd_cells(planner& plan, bool mirror_first) {
    int const N = plan.cells();
    bool const whole = N % 2 != 0;
    trig_pass pass{
        .kind = pass_kind::quarter_wave, .whole = whole, .size = N, .fft = plan.memory().plan_fft(whole ? N : N / 2)};
    pass.scratch = plan.scratch(pass.fft);
    auto const twiddles = plan.memory().doubles(static_cast<std::size_t>(whole ? 4 * N : N));
    auto const set = [&](int at, std::complex<double> w) {
        twiddles[static_cast<std::size_t>(2 * at)] = w.real();
        twiddles[static_cast<std::size_t>(2 * at + 1)] = w.imag();
    };
    if (whole)
        for (int q = 0; q < N; ++q) {
            set(q, (2 * q < N ? 1.0 : -1.0) * root_of_unity(-q, 2 * N));
            set(N + q, root_of_unity(-(2 * q + 1), 8 * N));
        }
    else
        for (int q = 0; q < N / 2; ++q) set(q, root_of_unity(-(8 * q + 1), 16 * N));
    pass.twiddles = twiddles.data();
    plan.pass(pass, pass);
    auto const in = [&](int j) {
        if (whole) return pass.scratch + 2 * (j % 2 == 0 ? j / 2 : (2 * N - 1 - j) / 2);
        return pass.scratch + (j % 2 == 0 ? j : N - j);
    };
    auto const out = [&](int k) {
        if (whole) return pass.scratch + 2 * pass.fft.position[k];
        return pass.scratch + (k % 2 == 0 ? 2 * pass.fft.position[k / 2] : 2 * pass.fft.position[(N - 1 - k) / 2] + 1);
    };
    for (int i = 0; i < N; ++i) {
        int const j = mirror_first ? i : N - 1 - i;
        plan.point(i, in(j), out(j));
        plan.mode(out(i), in(i), 2 * i + 1, 2 * N, 0.5 * N);
    }
}

// Around a periodic direction: cos and sin(2πkj/N).
void plan_periodic(planner& plan) {
    int const N = plan.cells();
    bool const whole = N % 2 != 0;
    int const lane = plan.lane(N);
    trig_pass pass{.kind = pass_kind::points_to_harmonics,
                   .whole = whole,
                   .size = N,
                   .lane = lane,
                   .fft = plan.memory().plan_fft(whole ? N : N / 2)};
    pass.scratch = plan.scratch(pass.fft);
    auto const twiddles = plan.memory().doubles(static_cast<std::size_t>(whole ? 0 : N / 4 * 2));
    for (int k = 1; 2 * k <= N / 2 && !whole; ++k) {
        auto const w = 0.5 * root_of_unity(k, N);
        twiddles[static_cast<std::size_t>(2 * k - 2)] = w.real();
        twiddles[static_cast<std::size_t>(2 * k - 1)] = w.imag();
    }
    pass.twiddles = twiddles.data();
    plan.pass(pass, as(pass, pass_kind::harmonics_to_points));
    for (int i = 0; i < N; ++i) {
        int const in = whole ? 2 * i : i;
        int const out = whole ? 2 * pass.fft.position[i] + 1 : 2 * pass.fft.position[i / 2] + 1 - i % 2;
        plan.point(i, pass.scratch + in, pass.scratch + out);
        int const k = (i + 1) / 2;
        plan.mode(lane + i, lane + i, 2 * k, N, k == 0 || 2 * k == N ? 1.0 * N : 0.5 * N);
    }
}

}  // namespace

axis_transform plan_axis(std::ptrdiff_t n_cells, double h, grid::centering centering,
                         std::array<condition_kind, 2> const& ends) {
    int const N = static_cast<int>(n_cells);
    bool const nodes = centering == grid::centering::node;
    if (ends[0] == condition_kind::periodic) {
        planner plan{N, N, h};
        plan_periodic(plan);
        return std::move(plan).finish();
    }
    bool const mirror_first = ends[0] == condition_kind::neumann, mirror_last = ends[1] == condition_kind::neumann;
    int const n_points = N + (nodes ? int{mirror_first} + int{mirror_last} - 1 : 0);
    planner plan{n_points, N, h};
    if (mirror_first != mirror_last)
        nodes ? plan_half_odd_nodes(plan, mirror_first) : plan_half_odd_cells(plan, mirror_first);
    else if (nodes)
        plan_halvings(plan, mirror_first ? folding::cosines : folding::sines);
    else
        plan_cells(plan, !mirror_first);
    return std::move(plan).finish();
}

axis_transform plan_identity() {
    planner plan{1, 1, 1.0};
    int const at = plan.lane(1);
    plan.point(0, at, at);
    plan.mode(at, at, 0, 1, 1.0);
    return std::move(plan).finish();
}

}  // namespace poise::linear::detail
