// SPDX-License-Identifier: MIT
// Private to src/linear: what the kernels of the fast transforms read. Plain data that points into plan_builder's
// memory, so that the kernels' translation units, compiled for several processors, need nothing else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poise::linear::detail {

/// One stage of a decimation in frequency: n/length blocks, in each length/radix butterflies of that radix.
struct fft_stage {
    int radix = 0;
    int length = 0;
    double const* twiddles = nullptr;  ///< (radix - 1) complex numbers for each butterfly but the first of a block
};

struct bluestein_plan;

/// A complex transform Σ_j z_j e^{-2πi jk/n} in place: in natural order, out with frequency k at slot position[k].
/// Source: Van Loan (1992), Computational Frameworks for the Fast Fourier Transform, §1.9 and §2.1 (Gentleman–Sande).
struct fft_plan {
    int n = 1;
    int n_stages = 0;
    fft_stage const* stages = nullptr;
    std::int32_t const* position = nullptr;
    bluestein_plan const* bluestein = nullptr;  ///< for lengths with a large prime factor; n_stages is 0 then
    int workspace = 1;                          ///< complex slots needed, n of them for the data
};

/// A transform of any length as a convolution of a length without large prime factors.
/// Source: Bluestein (1970), IEEE Trans. Audio Electroacoust. 18, 451.
struct bluestein_plan {
    fft_plan padded;
    double const* chirp = nullptr;   ///< e^{-πi j²/n}, n of them
    double const* kernel = nullptr;  ///< the transform of the conjugate chirp over the padded length, by slot
};

/// The passes that a transform along an axis is made of. Each works on one lane region (real vectors) and one scratch
/// region (complex slots) of the workspace.
enum class pass_kind : std::uint8_t {
    coefficients_to_points,  ///< y_n = Σ_k c_k cos(πk(2n+1)/2M) (DCT-III): reads the lane, leaves y in the scratch
    points_to_coefficients,  ///< its transpose (DCT-II): finds y in the scratch, writes the lane
    quarter_wave,            ///< Σ y_n cos(π(2n+1)(2k+1)/4M) (DCT-IV), its own transpose, scratch to scratch
    points_to_harmonics,     ///< a real Fourier transform: scratch to lane
    harmonics_to_points,     ///< its transpose: lane to scratch
    odd_sines_forward,       ///< DST-I of odd N: lane to scratch
    odd_sines_backward,
    odd_cosines_forward,  ///< DCT-I of odd N
    odd_cosines_backward,
};

/// How a pass of a DST-I or DCT-I of even length N = 2M shares the lane with the transform of half its length: the
/// modes of odd number are a DCT-III of sums (differences) of mirrored points; the rest is left in the lower half.
enum class folding : std::uint8_t { none, sines, cosines };

struct trig_pass {
    pass_kind kind = pass_kind::coefficients_to_points;
    folding fold = folding::none;
    bool whole = false;  ///< a complex transform of length M with one real point a slot, instead of M/2 with two
    int size = 0;        ///< M, or N of an odd DST-I or DCT-I
    int lane = 0;        ///< first vector of the lane region
    int scratch = 0;     ///< first vector of the scratch region
    double const* twiddles = nullptr;
    fft_plan fft;
};

/// The eigenvectors of one direction's stencil: modes X_k = Σ_j φ_k(j) b_j forward, points Σ_k φ_k(j) X_k backward,
/// both without weights. Positions are vectors of a workspace that several rows share, one row to a lane.
struct axis_plan {
    int n = 0;                 ///< points, and modes
    int workspace = 0;         ///< vectors
    bool alternating = false;  ///< points of odd number change their sign on the way in and out
    /// n positions each, and up to 8 more of a vector that nobody reads.
    std::int32_t const* point_in = nullptr;
    std::int32_t const* mode_out = nullptr;
    std::int32_t const* mode_in = nullptr;
    std::int32_t const* point_out = nullptr;
    trig_pass const* forward = nullptr;
    trig_pass const* backward = nullptr;
    int n_forward = 0;
    int n_backward = 0;
};

/// The tridiagonal systems of the modes along the last direction: -u_{j-1} + (2 + excess) u_j - u_{j+1} = scale f_j,
/// one for each mode, of n_lines unknowns. Modes lie W to a vector. The excess is positive, or of the compact scheme
/// below -12, which makes the ratio one of -0.11 to 0.
///
/// The lines are cut into strips whose last line is a separator. Within a strip the system is factored with the one
/// ratio r, r + 1/r = 2 + excess, at all lines: that is exact when its first line has the diagonal 1/r, so the strip is
/// solved for its right-hand side and for Y = U - r u_1, where U is the separator above: d_j = r (f_j + d_{j-1}) with
/// d_0 = Y, then u_j = d_j + r u_{j+1}. A small system for the separators gives them. No tables, and strips are
/// independent of each other: on any number of threads the same operations are done. Before the first and behind the
/// last line are separators that do not exist; each is a multiple g of the line beside it, which is how the box's
/// sides enter. In a periodic direction the last line is a separator too, the one before the first strip and behind the
/// last.
struct sweep_plan {
    int n_lines = 0;
    int strip = 0;     ///< lines of a strip, its separator included
    int n_strips = 0;  ///< the last has no separator, if not periodic
    bool periodic = false;
    std::ptrdiff_t n_blocks = 0;  ///< vectors of modes
    double const* ratio = nullptr;
    double const* excess = nullptr;
    double const* scale = nullptr;
    std::int32_t const* reach = nullptr;  ///< for each vector, lines after which no power of its ratios counts
    /// g = 1 - end_gap + end_slope·excess at the two ends.
    double end_gap[2] = {};
    double end_slope[2] = {};
    /// Where no side is a wall, the place of the constant among the modes: it is solved outside, on constant_lines.
    std::ptrdiff_t constant_mode = -1;

    [[nodiscard]] int first_line(int s) const { return s * strip; }
    [[nodiscard]] int end_line(int s) const { return s + 1 == n_strips ? n_lines : (s + 1) * strip; }
    /// Lines of a strip without its separator.
    [[nodiscard]] int n_inner(int s) const {
        return end_line(s) - first_line(s) - (s + 1 < n_strips || periodic ? 1 : 0);
    }
};

/// One direction of grid::axis_stencil, for the residual.
struct axis_coefficients {
    int n = 1;
    bool periodic = false;
    double coupling = 0.0;
    double end_part[2] = {};
    double end_share[2] = {0.5, 0.5};

    /// Whether the ends are neighbours. A single point is not one of itself: its differences are 0.
    [[nodiscard]] bool goes_around() const { return periodic && n > 1; }
    [[nodiscard]] bool has_differences() const { return coupling > 0.0 && (n > 1 || !periodic); }
    [[nodiscard]] double diagonal(int i) const {
        return (i == 0 ? end_part[0] : coupling) + (i == n - 1 ? end_part[1] : coupling);
    }
    [[nodiscard]] double share(int i) const {
        return (i == 0 ? end_share[0] : 0.5) + (i == n - 1 ? end_share[1] : 0.5);
    }
};

/// Lines of rows along x: transformed along x and along y, swept along the last direction. A line is a plane of rows in
/// three dimensions and one row in two (y is nullptr then); in one dimension it is one unknown, a row of length 1.
struct box_plan {
    axis_plan const* x = nullptr;
    axis_plan const* y = nullptr;
    sweep_plan sweep;
    /// The matrix: the directions of the rows, of the rows in a line, and of the lines.
    axis_coefficients along_row, along_rows, along_lines;
    double shift = 0.0;
    bool is_compact = false;  ///< whether the matrix is the compact scheme's

    [[nodiscard]] int rows_per_line() const { return y != nullptr ? y->n : 1; }
};

/// What one solve works on. Sums of squares are kept by row, so that their total is added up in one order.
struct box_arrays {
    double const* b = nullptr;
    double* x = nullptr;
    double* state = nullptr;           ///< 3 n_strips n_blocks vectors
    double* constant_lines = nullptr;  ///< n_lines numbers: the constant mode's right-hand side and then its solution
    double* b_squares = nullptr;       ///< one for each row
    double* r_squares = nullptr;       ///< of the residual
    double* x_squares = nullptr;
    double removed = 0.0;  ///< the part of the source that no solution has, when the matrix is singular
};

/// Transforms along every direction of a box, x first. The coefficients are vectors of W modes of x, panels of them one
/// behind the other: that of panel p, mode j of y and mode k of z is vector k plane + p n_y + j, and lanes behind the
/// last mode of x are zeros.
struct spectrum_plan {
    axis_plan const* axis[3] = {};  ///< nullptr where there is no such direction
    double const* scale[3] = {};    ///< 1 / Σ M φ² of each mode; of x in whole vectors
    std::ptrdiff_t n_panels = 0;
    std::ptrdiff_t plane =
        0;  ///< vectors from one plane of modes (before the transform along z, of points) to the next

    [[nodiscard]] std::ptrdiff_t n_along(int d) const { return axis[d] != nullptr ? axis[d]->n : 1; }
    [[nodiscard]] int last_axis() const { return axis[2] != nullptr ? 2 : axis[1] != nullptr ? 1 : 0; }
};

/// One processor's kernels. Workspaces are aligned to 64 bytes.
struct transform_kernels {
    int width = 0;
    /// Bytes of the workspace that one thread needs.
    std::size_t (*workspace_bytes)(box_plan const&);
    void (*forward_strip)(box_plan const&, box_arrays const&, int strip, double* workspace);
    /// The separators of the modes in blocks [first, last).
    void (*separators)(sweep_plan const&, double* state, std::ptrdiff_t first, std::ptrdiff_t last, double* workspace);
    /// And the residuals of all its lines but the first and the last, whose neighbours may not be known yet.
    void (*backward_strip)(box_plan const&, box_arrays const&, int strip, double* workspace);
    /// The residuals of lines [first, last): their squares, and b - A x itself where `out` is not nullptr.
    void (*residual_lines)(box_plan const&, box_arrays const&, int first, int last, double* out);

    /// Of a spectrum: bytes of the workspace that one thread needs; rows [first, last) of a plane along x, out of b and
    /// into x; and along y the panels, or along z the vectors of a plane, [first, last) of them, where they are.
    std::size_t (*spectrum_workspace_bytes)(spectrum_plan const&);
    void (*rows_to_modes)(spectrum_plan const&, double const* b, double* coefficients, std::ptrdiff_t plane,
                          std::ptrdiff_t first, std::ptrdiff_t last, double* workspace);
    void (*modes_to_rows)(spectrum_plan const&, double const* coefficients, double* x, std::ptrdiff_t plane,
                          std::ptrdiff_t first, std::ptrdiff_t last, double* workspace);
    void (*panels_to_modes)(spectrum_plan const&, double* coefficients, std::ptrdiff_t plane, std::ptrdiff_t first,
                            std::ptrdiff_t last, double* workspace);
    void (*modes_to_panels)(spectrum_plan const&, double* coefficients, std::ptrdiff_t plane, std::ptrdiff_t first,
                            std::ptrdiff_t last, double* workspace);
    void (*planes_to_modes)(spectrum_plan const&, double* coefficients, std::ptrdiff_t first, std::ptrdiff_t last,
                            double* workspace);
    void (*modes_to_planes)(spectrum_plan const&, double* coefficients, std::ptrdiff_t first, std::ptrdiff_t last,
                            double* workspace);
};

}  // namespace poise::linear::detail
