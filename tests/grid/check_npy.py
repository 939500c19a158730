#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What NumPy writes PROBE reads, and what PROBE writes NumPy reads, bit for bit; without NumPy status 77: skipped.

usage: check_npy.py PROBE [SEED]
"""
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("skipped: NumPy is not installed: apt-get install python3-scipy")
    sys.exit(77)

PROBE = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(np.random.bytes(4), "little")
TYPES = [order + name for name in ("f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1") for order in "<>"]
SHAPES = [(), (1,), (7,), (1, 1), (5, 1), (3, 4), (2, 3, 4), (1, 6, 1), (2, 1, 3, 2), (1,) * 32]
SHAPES += [(0,), (0, 3), (2, 0, 4)]
# What poise refuses.
REFUSED = ["<f2", "<f16", "<c8", ">c16", "|b1", "|S3", "<U2", "<M8[s]", "<m8[us]", "|V3", "|O", [("a", "<f8")]]


def numbers(random, dtype, shape):
    """Random bits, among floats the edges, too; of integers of 8 bytes those that are doubles."""
    n = int(np.prod(shape, dtype=np.int64))
    if dtype.kind == "f":
        info = np.finfo(dtype)
        edges = [0.0, -0.0, np.inf, -np.inf, np.nan, info.max, info.tiny, info.smallest_subnormal, -info.eps]
        bits = random.integers(0, 256, (n, dtype.itemsize), dtype=np.uint8).view(dtype.newbyteorder("="))[:, 0]
        values = np.where(random.random(n) < 0.3, random.choice(edges, n).astype(bits.dtype), bits)
    else:
        values = random.integers(0, 256, (n, dtype.itemsize), dtype=np.uint8).view(dtype.newbyteorder("="))[:, 0]
        if dtype.itemsize == 8:  # of 53 bits, and those times 2048
            values = values >> 11 << (11 * random.integers(0, 2, n)).astype(values.dtype)
    return values.astype(dtype).reshape(shape)


def bits_of(array):
    return np.ascontiguousarray(array, "<f8").view("<u8").ravel()


def write(path, array, version):
    with open(path, "wb") as file:
        np.lib.format.write_array(file, array, version=(version, 0))


def probe(folder):
    return subprocess.run([PROBE, folder / "from.npy", folder / "to.npy"], stdout=subprocess.PIPE, text=True)


def check_read(folder, array, what):
    found = probe(folder)
    if found.returncode != 0:
        sys.exit(f"{what}: {found.stdout or found.returncode}")
    shape, *values = found.stdout.splitlines()
    if tuple(map(int, shape.split())) != array.shape or [int(v, 16) for v in values] != bits_of(array).tolist():
        sys.exit(f"{what}: read as {found.stdout[:400]}")


def check_written(path, array, what):
    again = np.load(path, allow_pickle=False)
    if again.dtype.str != "<f8" or again.shape != array.shape or not again.flags.c_contiguous:
        sys.exit(f"{what}: written as {again.dtype.str} of shape {again.shape}")
    if (bits_of(again) != bits_of(array)).any():
        sys.exit(f"{what}: written as\n{again}")


def check_refused(folder, dtype):
    write(folder / "from.npy", np.zeros(2, dtype), 1)
    found = probe(folder)
    name = repr(np.lib.format.dtype_to_descr(dtype))[:12]  # of a list of fields, where it begins
    if found.returncode != 1 or name not in found.stdout:
        sys.exit(f"{dtype}: status {found.returncode}, {found.stdout[:400]}")


# Were the last bit of a number not looked at, everything above would prove little.
def check_eyes(folder):
    write(folder / "from.npy", np.ones(3), 1)
    check_read(folder, np.ones(3), "ones")
    try:
        check_read(folder, np.array([1, 1, np.nextafter(1, 2)]), "a number whose last bit differs")
    except SystemExit:
        return
    sys.exit("a number whose last bit differs is not found")


def main(folder):
    random = np.random.default_rng(SEED)
    n_written = 0
    cases = list(itertools.product(TYPES, SHAPES, "CF"))
    for number, (name, shape, order) in enumerate(cases):
        version = 1 + number % 3  # of the format: the length of the header differs
        array = np.asarray(numbers(random, np.dtype(name), shape), order=order)
        what = f"{name} {shape} {order} in format {version}.0, seed {SEED}"
        write(folder / "from.npy", array, version)
        check_read(folder, array, what)
        written = folder / "to.npy"
        if written.exists() != (array.size > 0 and 1 <= array.ndim <= 3):
            sys.exit(f"{what}: a field of it is there: {written.exists()}")
        if written.exists():
            check_written(written, array, what)
            written.unlink()
            n_written += 1
    for dtype in REFUSED:
        check_refused(folder, np.dtype(dtype))
    check_eyes(folder)
    print(f"{len(cases)} arrays read, {n_written} written, {len(REFUSED)} types refused; seed {SEED}")


with tempfile.TemporaryDirectory() as name, np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
    main(Path(name))
