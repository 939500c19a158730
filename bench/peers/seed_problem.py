#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The seed problem as the Python system that poise replaces solved it: lil_matrix, filled entry by entry, and spsolve.

Usage: seed_problem.py PATH/TO/bench_linear_seed_problem [rounds]
Runs it and poise's benchmark in turn and prints the medians side by side. Needs numpy and scipy.
"""
import statistics
import subprocess
import sys
import time

import numpy as np
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

SIZES = [40, 60, 80, 100]
PUBLISHED_S = {80: 0.139, 100: 0.217}  # of the original, on its own machine


def original(n):
    """n x n nodes, the boundary's rows being identity; returns (assembly, total) in seconds and the largest value."""
    start = time.perf_counter()
    h = 2.0 / (n - 1)
    x = np.linspace(-1, 1, n)
    A = lil_matrix((n * n, n * n))
    b = np.zeros(n * n)
    for j in range(n):
        for i in range(n):
            row = i + n * j
            if i in (0, n - 1) or j in (0, n - 1):
                A[row, row] = 1.0
                continue
            A[row, row] = 4 / h**2
            A[row, row - 1] = A[row, row + 1] = A[row, row - n] = A[row, row + n] = -1 / h**2
            b[row] = np.exp(-(x[i] ** 2 + x[j] ** 2) / (2 * 0.1**2))
    A = A.tocsr()
    assembly = time.perf_counter() - start
    u = spsolve(A, b)
    return assembly, time.perf_counter() - start, u.max()


def poise(program, n):
    """(cold, assembly, warm) in seconds: medians of 15 rounds in a fresh process."""
    output = subprocess.run([program, "--alone", "--rounds", "15", str(n)], check=True, capture_output=True, text=True).stdout
    cells = output.splitlines()[-1].split()
    return float(cells[1]) * 1e-3, float(cells[2]) * 1e-3, float(cells[5]) * 1e-3


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print("medians in ms      |        Python original          |          poise            | Python / cold poise")
    print("nodes   published  |     here  assembly      share   |     cold  assembly    warm | here  published")
    for n in SIZES:
        theirs, ours = [], []
        for _ in range(rounds):
            theirs.append(original(n))
            ours.append(poise(program, n))
        their_assembly, their_total = (1e3 * statistics.median(run[k] for run in theirs) for k in (0, 1))
        cold, assembly, warm = (1e3 * statistics.median(run[k] for run in ours) for k in (0, 1, 2))
        published = 1e3 * PUBLISHED_S[n] if n in PUBLISHED_S else float("nan")
        print(f"{n:5d} {published:10.1f}   | {their_total:8.2f} {their_assembly:9.2f} {100 * their_assembly / their_total:9.1f} % "
              f"| {cold:8.3f} {assembly:9.3f} {warm:7.3f} | {their_total / cold:5.1f} {published / cold:8.1f}")


if __name__ == "__main__":
    main()
