#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keeps the layer table true: who may include whom, where third-party headers may appear, how long a header may be.

usage: check_layers.py [ROOT]    prints one line per violation; exit status 1 when there is any
"""
import re
import sys
from pathlib import Path

# A layer may include the layers of its row, and no other. Nothing includes a leaf.
LAYERS = {
    "core": (),
    "profile": ("core",),
    "task": ("core", "profile"),
    "grid": ("core",),
    "linear": ("core", "profile", "task", "grid"),
    "ode": ("core", "profile", "task", "linear"),
    "pde": ("core", "profile", "task", "grid", "linear", "ode"),
    "cuda": ("core", "profile", "ode"),
}
LEAVES = ("cuda",)

# Third-party headers: a pattern of the name, then patterns of the files that may include it.
THIRD_PARTY = {
    r"(tbb|oneapi)/": (r"src/task/",),
    r"nlohmann/": (r"src/profile/",),
    r"png\.h": (r"src/grid/",),
    r"backtrace\.h": (r"src/profile/",),
    r"Eigen/": (r"include/poise/(linear|ode)/eigen\.hpp", r"src/linear/"),
    r"(cholmod|umfpack|klu|SuiteSparseQR|SuiteSparse_config)\.h": (r"src/linear/",),
    r"((cuda|cu[a-z]+)(_[a-z]+)*|nvtx3/[a-zA-Z]+)\.h": (r"src/cuda/",),
}

# What needs no row: the standard library (no dot in the name), C's and the operating system's headers.
SYSTEM = re.compile(
    r"[a-z_]+|(sys|linux)/[a-z_]+\.h|(cpuid|cxxabi|dirent|dlfcn|elf|errno|execinfo|fcntl|immintrin|link|malloc|poll|pthread"
    r"|sched|signal|spawn|stdlib|string|time|ucontext|unistd|unwind)\.h")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:<([^>]+)>|"([^"]+)")')
MAX_HEADER_LINES = 350
MAX_UMBRELLA_LINES = 20


def layer_of(path):
    """The layer a file belongs to; None for the umbrella of all, include/poise/poise.hpp."""
    parts = path.parts
    if parts[0] == "src":
        return parts[1]
    return parts[2] if len(parts) > 3 else None if path.stem == "poise" else path.stem


def is_umbrella(path):
    return path.parts[0] == "include" and len(path.parts) == 3


class Checker:
    def __init__(self, root):
        self.root = Path(root)
        self.violations = []
        self.included = {}  # file -> the project's own headers it includes

    def report(self, path, line, text):
        self.violations.append(f"{path}:{line}: {text}")

    def check(self):
        files = [p.relative_to(self.root) for top in ("include/poise", "src")
                 for p in sorted((self.root / top).rglob("*")) if p.suffix in (".hpp", ".cpp", ".h", ".cu", ".cuh")]
        for path in files:
            self.check_file(path)
        self.check_cycles()
        return self.violations

    def check_file(self, path):
        layer = layer_of(path)
        lines = (self.root / path).read_text(encoding="utf-8").splitlines()
        if layer is not None and layer not in LAYERS:
            self.report(path, 1, f"'{layer}' is not a layer of the table in {Path(__file__).name}")
            return
        if path.suffix == ".hpp" and len(lines) > MAX_HEADER_LINES:
            self.report(path, len(lines), f"{len(lines)} lines; a header has at most {MAX_HEADER_LINES}: split it")
        if is_umbrella(path) and len(lines) > MAX_UMBRELLA_LINES:
            self.report(path, len(lines), f"{len(lines)} lines; an umbrella header has at most {MAX_UMBRELLA_LINES}")
        self.included[path] = []
        for number, line in enumerate(lines, 1):
            if match := INCLUDE.match(line):
                self.check_include(path, number, layer, *match.groups())

    def check_include(self, path, number, layer, angled, quoted):
        if quoted:
            beside = path.parent / quoted
            self.check_own(path, number, layer, beside if (self.root / beside).exists() else Path("src", quoted))
        elif angled.startswith("poise/"):
            self.check_own(path, number, layer, Path("include", angled))
        elif angled.split("/")[0] in LAYERS:
            self.check_own(path, number, layer, Path("src", angled))
        else:
            self.check_foreign(path, number, angled)

    def check_own(self, path, number, layer, header):
        if not (self.root / header).exists():
            self.report(path, number, f"{header} does not exist")
            return
        self.included[path].append(header)
        other = layer_of(header)
        if layer is None:
            if other in LEAVES:
                self.report(path, number, f"includes the leaf '{other}'")
        elif other != layer and other not in LAYERS[layer]:
            self.report(path, number, f"layer '{layer}' may not include layer '{other}' ({header})")

    def check_foreign(self, path, number, name):
        if SYSTEM.fullmatch(name):
            return
        for pattern, places in THIRD_PARTY.items():
            if re.match(pattern, name):
                if not any(re.match(place, path.as_posix()) for place in places):
                    self.report(path, number, f"<{name}> may not appear here")
                return
        self.report(path, number, f"<{name}> has no row in the table of {Path(__file__).name}")

    def check_cycles(self):
        done, chain = set(), []

        def visit(path):
            if path in chain:
                cycle = chain[chain.index(path):] + [path]
                self.report(path, 1, "cycle of includes: " + " -> ".join(p.as_posix() for p in cycle))
            elif path not in done:
                chain.append(path)
                for header in self.included.get(path, ()):
                    visit(header)
                chain.pop()
                done.add(path)

        for path in self.included:
            visit(path)


if __name__ == "__main__":
    violations = Checker(sys.argv[1] if len(sys.argv) > 1 else ".").check()
    print("\n".join(violations) or "the layer table holds")
    sys.exit(1 if violations else 0)
