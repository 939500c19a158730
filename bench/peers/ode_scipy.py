#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stiff initial-value problems by poise and by SciPy's solve_ivp: the time to reach an error at the end.

Run: ode_scipy.py build/bench/bench/bench_peers_ode_stiff [rounds, 3]     (needs python3-scipy)
The problems of tests/ode/stiff_problems.hpp but for Pollution, by Radau, BDF and LSODA with their Jacobians given; of
each the least time of `rounds`, by lines between tolerances in logarithms. ms for an error of 1e-4, 1e-6 and 1e-8.
"""
import subprocess
import sys
import time

import numpy as np
from scipy.integrate import solve_ivp

TOLERANCES = [10.0**-k for k in range(2, 12)]
ERRORS = (1e-4, 1e-6, 1e-8)


def robertson(t, y):
    r1, r2, r3 = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [r2 - r1, r1 - r2 - r3, r3]


def robertson_jacobian(t, y):
    return [[-0.04, 1e4 * y[2], 1e4 * y[1]], [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]], [0.0, 6e7 * y[1], 0.0]]


def van_der_pol(t, y):
    return [y[1], 1000.0 * (1.0 - y[0] * y[0]) * y[1] - y[0]]


def van_der_pol_jacobian(t, y):
    return [[0.0, 1.0], [-2000.0 * y[0] * y[1] - 1.0, 1000.0 * (1.0 - y[0] * y[0])]]


def hires(t, y):
    r = 280.0 * y[5] * y[7]
    return [-1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007, 1.71 * y[0] - 8.75 * y[1],
            -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4], 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
            -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6], -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
            r - 1.81 * y[6], 1.81 * y[6] - r]


def hires_jacobian(t, y):
    J = np.zeros((8, 8))
    J[0, :3] = -1.71, 0.43, 8.32
    J[1, :2] = 1.71, -8.75
    J[2, 2:5] = -10.03, 0.43, 0.035
    J[3, 1:4] = 8.32, 1.71, -1.12
    J[4, 4:7] = -1.745, 0.43, 0.43
    J[5, 3:7] = 0.69, 1.71, -0.43 - 280.0 * y[7], 0.69
    J[6, 5:8] = 280.0 * y[7], -1.81, 280.0 * y[5]
    J[7, 5:8] = -280.0 * y[7], 1.81, -280.0 * y[5]
    J[5, 7] = -280.0 * y[5]
    return J


def oregonator(t, y):
    return [77.27 * (y[1] + y[0] * (1.0 - 8.375e-6 * y[0] - y[1])), (y[2] - (1.0 + y[0]) * y[1]) / 77.27,
            0.161 * (y[0] - y[2])]


def oregonator_jacobian(t, y):
    return [[77.27 * (1.0 - 2 * 8.375e-6 * y[0] - y[1]), 77.27 * (1.0 - y[0]), 0.0],
            [-y[1] / 77.27, -(1.0 + y[0]) / 77.27, 1.0 / 77.27], [0.161, 0.0, -0.161]]


# f, its Jacobian, the end, y there, y at the beginning and atol / rtol.
PROBLEMS = {
    "Robertson": (robertson, robertson_jacobian, 1e11,
                  [0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050], [1.0, 0.0, 0.0],
                  [1e-8, 1e-14, 1.0]),
    "VanDerPol": (van_der_pol, van_der_pol_jacobian, 2000.0, [0.1706167732170469e1, -0.8928097010248125e-3],
                  [2.0, 0.0], [1.0, 1e-3]),
    "Hires": (hires, hires_jacobian, 321.8122,
              [0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2,
               0.2386356198831331e-2, 0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2],
              [1.0, 0, 0, 0, 0, 0, 0, 0.0057], [1e-4] * 8),
    "Oregonator": (oregonator, oregonator_jacobian, 360.0,
                   [0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846513e3], [1.0, 2.0, 3.0], [1.0] * 3),
}


def curve(problem, method, rounds):
    f, jacobian, end, exact, y0, scale = problem
    exact, scale = np.array(exact), np.array(scale)
    points = []
    for rtol in TOLERANCES:
        least = float("inf")
        for _ in range(rounds):
            begin = time.thread_time()
            with np.errstate(all="ignore"):
                s = solve_ivp(f, (0.0, end), y0, method=method, rtol=rtol, atol=rtol * scale, jac=jacobian)
            least = min(least, time.thread_time() - begin)
        if s.success:
            points.append((least, np.max(np.abs(s.y[:, -1] - exact) / (scale + np.abs(exact)))))
    return points


def ms_for(points, error):
    if points and points[0][1] <= error:
        return 1e3 * points[0][0]
    least = float("nan")
    for (s0, e0), (s1, e1) in zip(points, points[1:]):
        if (e0 - error) * (e1 - error) <= 0 and e0 != e1:
            share = (np.log(error) - np.log(e0)) / (np.log(e1) - np.log(e0))
            least = np.fmin(least, 1e3 * np.exp(np.log(s0) + share * (np.log(s1) - np.log(s0))))
    return least


def ours(program, rounds):
    best, name = {}, None
    for line in subprocess.run([program, str(rounds)], capture_output=True, text=True, check=True).stdout.splitlines():
        if " components: " in line:
            name = line.split(",")[0]
        elif name and line.startswith("  ") and "CVODE" not in line and "automatic" not in line:
            best[name] = np.fmin(best.get(name, [np.nan] * 3), [float(x) for x in line.split()[-3:]])
    return best


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    mine = ours(sys.argv[1], rounds)
    logs = []
    for name, problem in PROBLEMS.items():
        curves = {method: curve(problem, method, rounds) for method in ("Radau", "BDF", "LSODA")}
        theirs = {method: [ms_for(points, error) for error in ERRORS] for method, points in curves.items()}
        for method, times in theirs.items():
            print(f"{name:12} SciPy {method:6}", *(f"{ms:9.2f}" for ms in times))
        ratios = np.nanmin(list(theirs.values()), axis=0) / mine[name]
        logs.append(np.log(ratios))
        print(f"{name:12} poise       ", *(f"{ms:9.4f}" for ms in mine[name]))
        print(f"{name:12} ratio       ", *(f"{ratio:9.0f}" for ratio in ratios))
    print("geometric mean           ", *(f"{mean:9.0f}" for mean in np.exp(np.nanmean(logs, axis=0))))


if __name__ == "__main__":
    main()
