#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two-point boundary-value problems by poise and by SciPy's solve_bvp: the time for an error of 1e-6 or less.

Run: ode_boundary.py build/bench/bench/bench_peers_ode_boundary [rounds, 5]     (needs python3-scipy)
Both from the same guess; SciPy on 11 points at first, with its Jacobians given, at tolerances from 1e-3 on; of each the
quickest run whose largest error in 4001 places is 1e-6 or less.
"""
import subprocess
import sys
import time

import numpy as np
from scipy.integrate import solve_bvp
from scipy.special import erf


def bratu(theta, guess):
    def f(x, y):
        return np.vstack((y[1], -3.5 * np.exp(y[0])))

    def jacobian(x, y):
        J = np.zeros((2, 2, x.size))
        J[0, 1] = 1.0
        J[1, 0] = -3.5 * np.exp(y[0])
        return J

    def exact(x):
        return -2.0 * np.log(np.cosh(0.5 * (x - 0.5) * theta) / np.cosh(0.25 * theta))

    return (0.0, 1.0), f, jacobian, (0.0, 0.0), guess, lambda s, x: np.abs(s(x)[0] - exact(x)).max()


def shock(eps):
    def f(x, y):
        return np.vstack((y[1], (-x * y[1] - eps * np.pi**2 * np.cos(np.pi * x) - np.pi * x * np.sin(np.pi * x)) / eps))

    def jacobian(x, y):
        J = np.zeros((2, 2, x.size))
        J[0, 1] = 1.0
        J[1, 1] = -x / eps
        return J

    def exact(x):
        return np.cos(np.pi * x) + erf(x / np.sqrt(2 * eps)) / erf(1 / np.sqrt(2 * eps))

    return (-1.0, 1.0), f, jacobian, (-2.0, 0.0), np.zeros_like, lambda s, x: np.abs(s(x)[0] - exact(x)).max()


def troesch(mu):
    def f(x, y):
        return np.vstack((y[1], mu * np.sinh(mu * y[0])))

    def jacobian(x, y):
        J = np.zeros((2, 2, x.size))
        J[0, 1] = 1.0
        J[1, 0] = mu**2 * np.cosh(mu * y[0])
        return J

    return (0.0, 1.0), f, jacobian, (0.0, 1.0), lambda x: x, lambda s, x: abs(s(0.9)[0] - 0.15211407640471317805)


PROBLEMS = {
    "bratu_lower": bratu(4.5518536628383467683, np.zeros_like),
    "bratu_upper": bratu(5.0543426986370220759, lambda x: 16 * x * (1 - x)),
    "shock": shock(1e-4),
    "troesch": troesch(10.0),
}


def scipy_run(problem, tolerance):
    (a, b), f, jacobian, ends, guess, error = problem
    x = np.linspace(a, b, 11)
    y = np.vstack((guess(x), np.gradient(guess(x), x)))
    by_ya, by_yb = np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 0.0]])
    begin = time.thread_time()
    with np.errstate(all="ignore"):
        s = solve_bvp(f, lambda ya, yb: np.array([ya[0] - ends[0], yb[0] - ends[1]]), x, y, tol=tolerance,
                      max_nodes=20000, fun_jac=jacobian, bc_jac=lambda ya, yb: (by_ya, by_yb))
    seconds = time.thread_time() - begin
    return seconds, error(s.sol, np.linspace(a, b, 4001)) if s.status == 0 else float("inf"), s.status, s.x.size


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ours, theirs = {}, {}
    for _ in range(rounds):
        for line in subprocess.run([sys.argv[1], "20"], capture_output=True, text=True, check=True).stdout.splitlines():
            name, tolerance, error, intervals, microseconds = line.split()
            if float(error) <= 1e-6 and float(microseconds) < ours.get(name, (1e99,))[0]:
                ours[name] = (float(microseconds), float(error), tolerance, intervals)
        for name, problem in PROBLEMS.items():
            for tolerance in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7):
                seconds, error, status, n_nodes = scipy_run(problem, tolerance)
                if status != 0:
                    theirs.setdefault(name, (float("inf"), float("inf"), f"status {status}", n_nodes))
                elif error <= 1e-6 and 1e6 * seconds < theirs.get(name, (1e99,))[0]:
                    theirs[name] = (1e6 * seconds, error, f"{tolerance:.0e}", n_nodes)
    print("problem        ours, us  error    tol    intervals   solve_bvp, us  error    tol       nodes   ratio")
    for name in PROBLEMS:
        o, t = ours[name], theirs[name]
        print(f"{name:13} {o[0]:9.1f}  {o[1]:.1e}  {o[2]:6} {o[3]:>8} {t[0]:14.0f}  {t[1]:.1e}  {t[2]:9} {t[3]:6} {t[0] / o[0]:7.0f}")


if __name__ == "__main__":
    main()
