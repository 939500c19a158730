#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No third-party header may be reachable from a public header, the adaptors for Eigen and what nvcc compiles excepted.

usage: check_reach.py COMPILER INCLUDE_DIR
Preprocesses all public headers in one go with -H, which prints the tree of includes, and looks at every name in it.
"""
import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = re.compile(r"/(tbb|oneapi|nlohmann|suitesparse|Eigen|libpng\d*)/|/(cholmod|png|pngconf|cuda\w*|Suite\w+)\.h$")


def main(compiler, include_dir):
    headers = sorted(p.relative_to(include_dir) for p in Path(include_dir).rglob("*.hpp")
                     if p.name not in ("eigen.hpp", "cuda.hpp") and "cuda" not in p.parts)
    source = "".join(f"#include <{header}>\n" for header in headers)
    run = subprocess.run([compiler, "-std=c++20", f"-I{include_dir}", "-H", "-E", "-o", "/dev/null", "-x", "c++", "-"],
                         input=source, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    bad, chain = 0, []
    for line in run.stderr.splitlines():
        if match := re.match(r"(\.+) (.*)", line):
            depth, header = len(match[1]), match[2]
            chain[depth - 1:] = [header]
            if FORBIDDEN.search(header) and not any(FORBIDDEN.search(above) for above in chain[:-1]):
                bad += 1
                print(" -> ".join(chain))
    print(f"{len(headers)} public header(s) reach {bad or 'no'} third-party header(s)")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
