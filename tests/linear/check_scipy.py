#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Matrix Market files that SciPy writes PROBE reads, and those that PROBE writes SciPy reads, bit for bit; without SciPy
status 77: skipped.

usage: check_scipy.py PROBE [SEED]
"""
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    import scipy.io
    import scipy.sparse
except ImportError:
    print("skipped: SciPy is not installed: apt-get install python3-scipy")
    sys.exit(77)

PROBE = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(np.random.bytes(4), "little")
# 17 digits after the point of an array's numbers, 16 of a sparse matrix's: 17 in all, which tell all doubles apart.
PRECISION = 17


def finite_doubles(random, n):
    """Random bits of all magnitudes, and the edges."""
    bits = random.integers(0, 2**64, n, dtype=np.uint64).view("f8")
    edges = [0.0, -0.0, 1.0, np.finfo("f8").max, np.finfo("f8").tiny, -np.finfo("f8").smallest_subnormal]
    return np.where(np.isfinite(bits) & (random.random(n) < 0.8), bits, random.choice(edges, n))


def random_numbers(random, n, field):
    if field == "integer":
        return random.integers(-(2**53), 2**53, n, endpoint=True) >> random.integers(0, 54, n)
    return np.ones(n) if field == "pattern" else finite_doubles(random, n)


def sparse(values, rows, columns, shape):
    return scipy.sparse.coo_matrix((values, (rows, columns)), shape)


def random_general(random, field):
    """0 to 12 rows and columns, zeros among the entries, at times two entries in one place."""
    n_rows, n_cols = random.integers(0, 13, 2)
    place = random.choice(n_rows * n_cols, random.integers(0, 1 + n_rows * n_cols), replace=False)
    values = random_numbers(random, len(place), field)
    if field != "pattern" and len(place) > 1 and random.random() < 0.3:
        place[1] = place[0]
        if field == "real":
            values[:2] /= 2  # or the sum might overflow
    return sparse(values, place // max(n_cols, 1), place % max(n_cols, 1), (n_rows, n_cols))


def random_symmetric(random, field, sign):
    """Both triangles; without a diagonal where the sign is -1."""
    n = random.integers(0, 13)
    rows, columns = np.tril_indices(n, -1 if sign < 0 else 0)
    keep = random.random(len(rows)) < random.random()
    rows, columns = rows[keep], columns[keep]
    values = random_numbers(random, len(rows), field).astype(float)  # the mirror image of an integer 0 is -0, too
    off = rows != columns
    return sparse(np.concatenate([values, sign * values[off]]), np.concatenate([rows, columns[off]]),
                  np.concatenate([columns, rows[off]]), (n, n))


def random_matrix(random, field, symmetry):
    if symmetry == "general":
        return random_general(random, field)
    return random_symmetric(random, field, 1 if symmetry == "symmetric" else -1)


def as_sparse(content):
    """A vector with its zeros."""
    if scipy.sparse.issparse(content):
        return content
    return sparse(content[:, 0], np.arange(len(content)), np.zeros(len(content), int), content.shape)


def as_printed(content):
    """What the probe prints of it: the sizes, then row, column and bits, row by row."""
    A = as_sparse(content).tocsr()
    A.sum_duplicates()
    A = A.tocoo()
    bits = A.data.astype("f8").view("u8")
    order = np.lexsort((A.col, A.row))
    return [f"{A.shape[0]} {A.shape[1]}"] + [f"{A.row[e]} {A.col[e]} {bits[e]:016x}" for e in order]


def probe(folder, kind):
    return subprocess.run([PROBE, kind, folder / "from.mtx", folder / "to.mtx"], stdout=subprocess.PIPE, text=True)


def check_read(folder, kind, content, what):
    found = probe(folder, kind)
    if found.returncode != 0 or found.stdout.splitlines() != as_printed(content):
        sys.exit(f"{what}: status {found.returncode}, {found.stdout}\n{(folder / 'from.mtx').read_text()}")


def check(folder, kind, content, what, **how):
    scipy.io.mmwrite(folder / "from.mtx", content, comment=what, precision=PRECISION, **how)
    check_read(folder, kind, content, what)
    again = scipy.io.mmread(folder / "to.mtx")
    if as_printed(again) != as_printed(content):
        sys.exit(f"{what}: written as\n{(folder / 'to.mtx').read_text()}")


def check_refused(folder, kind, content, reason, **how):
    scipy.io.mmwrite(folder / "from.mtx", content, **how)
    found = probe(folder, kind)
    if found.returncode != 1 or reason not in found.stdout:
        sys.exit(f"expected a refusal with '{reason}': status {found.returncode}, {found.stdout}")


def check_refusals(folder):
    skew = scipy.sparse.coo_matrix([[0, -1], [1, 0]])
    check_refused(folder, "matrix", skew * 1j, "'complex'")
    check_refused(folder, "matrix", skew * 1j, "'complex'", symmetry="hermitian")
    check_refused(folder, "matrix", skew, "a pattern has no signs", field="pattern")
    check_refused(folder, "matrix", scipy.sparse.eye(2, dtype="u4"), "'unsigned-integer'")
    check_refused(folder, "matrix", scipy.sparse.eye(2, dtype=int) * (2**53 + 1), "'9007199254740993' equals no double")
    check_refused(folder, "matrix", np.eye(2), "holds a dense matrix")
    check_refused(folder, "vector", np.eye(2), "announces 2 x 2; a vector has one column")
    check_refused(folder, "vector", np.zeros((1, 1)), "a vector is 'array real general'", symmetry="skew-symmetric")
    check_refused(folder, "vector", np.ones((2, 1), complex), "'complex'")
    check_refused(folder, "vector", scipy.sparse.eye(2, 1), "holds a sparse matrix")


# Were the last bit of a number not looked at, everything above would prove little.
def check_eyes(folder):
    scipy.io.mmwrite(folder / "from.mtx", np.ones((2, 1)))
    check_read(folder, "vector", np.ones((2, 1)), "ones")
    try:
        check_read(folder, "vector", np.array([[1.0], [np.nextafter(1, 2)]]), "a number whose last bit differs")
    except SystemExit:
        return
    sys.exit("a number whose last bit differs is not found")


def main(folder):
    random = np.random.default_rng(SEED)
    kinds = list(itertools.product(("real", "integer", "pattern"), ("general", "symmetric", "skew-symmetric")))
    kinds.remove(("pattern", "skew-symmetric"))  # refused, below
    for (field, symmetry), number in itertools.product(kinds, range(40)):
        check(folder, "matrix", random_matrix(random, field, symmetry), f"{field} {symmetry} {number}, seed {SEED}",
              field=field, symmetry=symmetry)
    for field, number in itertools.product(("real", "integer"), range(40)):
        # mmread() cannot read a vector of no rows. One of a single row mmwrite() calls a symmetric matrix.
        b = random_numbers(random, 1 + number % 12, field).reshape(-1, 1)
        check(folder, "vector", b, f"{field} vector {number}, seed {SEED}")
    check_refusals(folder)
    check_eyes(folder)
    print(f"{40 * len(kinds)} matrices and 80 vectors read and written, seed {SEED}")


with tempfile.TemporaryDirectory() as name:
    main(Path(name))
