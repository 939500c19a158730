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

SIZES = [(2, 40), (2, 60), (2, 80), (2, 100), (3, 20), (3, 30)]
PUBLISHED_S = {(2, 80): 0.139, (2, 100): 0.217}  # of the original, on its own machine


def original(dimension, n):
    """n^dimension nodes, the boundary's rows being identity; returns (assembly, total) in seconds."""
    start = time.perf_counter()
    h = 2.0 / (n - 1)
    x = np.linspace(-1, 1, n)
    size = n**dimension
    A = lil_matrix((size, size))
    b = np.zeros(size)
    for row in range(size):
        place = [row // n**d % n for d in range(dimension)]
        if 0 in place or n - 1 in place:
            A[row, row] = 1.0
            continue
        A[row, row] = 2 * dimension / h**2
        for d in range(dimension):
            A[row, row - n**d] = A[row, row + n**d] = -1 / h**2
        b[row] = np.exp(-sum(x[i] ** 2 for i in place) / (2 * 0.1**2))
    A = A.tocsr()
    assembly = time.perf_counter() - start
    spsolve(A, b)
    return assembly, time.perf_counter() - start


def poise(program, dimension, n):
    """(cold, warm) in seconds: medians of 15 rounds in a fresh process."""
    command = [program, "--alone", "--dimension", str(dimension), "--rounds", "15", str(n)]
    cells = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1].split()
    return float(cells[1]) * 1e-3, float(cells[2]) * 1e-3


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print("medians in ms          |        Python original          |      poise        | Python / cold poise")
    print("  nodes     published  |     here  assembly      share   |     cold    warm  | here  published")
    for dimension, n in SIZES:
        theirs, ours = [], []
        for _ in range(rounds):
            theirs.append(original(dimension, n))
            ours.append(poise(program, dimension, n))
        assembly, total = (1e3 * statistics.median(run[k] for run in theirs) for k in (0, 1))
        cold, warm = (1e3 * statistics.median(run[k] for run in ours) for k in (0, 1))
        published = 1e3 * PUBLISHED_S.get((dimension, n), float("nan"))
        print(f"{n:5d}^{dimension} {published:10.1f}     | {total:8.2f} {assembly:9.2f} {100 * assembly / total:9.1f} % "
              f"| {cold:8.3f} {warm:8.3f} | {total / cold:7.1f} {published / cold:8.1f}", flush=True)


if __name__ == "__main__":
    main()
