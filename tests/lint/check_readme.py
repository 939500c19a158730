#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The programs in the documentation are compiled and run, and what they print is compared with what the page shows.

A block ```cpp is preceded by `<!-- run: name -->`: it is a whole program, or, without a main(), the body of one that
includes <poise/poise.hpp>, <cmath> and <iostream>. The next block, if it is ```text, shows its output: … stands for
anything within a line (timings, say), and a line that is … alone for any number of lines. `<!-- fragment -->` marks the
few blocks that cannot be compiled.

usage: check_readme.py check PAGE...            every cpp block is marked, no name is used twice, no link is dead
       check_readme.py extract FOLDER PAGE...   writes FOLDER/NAME.cpp and FOLDER/NAME.expected, prints the names
       check_readme.py compare EXPECTED COMMAND...
"""
import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

MARKER = re.compile(r"<!-- (?:run: ([a-z0-9_]+)|fragment) -->")


def blocks_of(page):
    """(line, marker before it or None, language, text) of every fenced block."""
    marker, start, language, text = None, None, None, []
    for number, line in enumerate(Path(page).read_text(encoding="utf-8").splitlines(), 1):
        if start is None:
            if line.startswith("```"):
                start, language, text = number, line[3:].strip(), []
            elif line.strip():
                marker = MARKER.fullmatch(line.strip())
        elif line.startswith("```"):
            yield start, marker, language, "".join(text)
            marker, start = None, None
        else:
            text.append(line + "\n")


def program(page, line, code):
    """code as a whole program, whose compiler messages name the page."""
    here = f'#line {line + 1} "{page}"\n'
    if "int main(" in code:
        return here + code
    return ("#include <poise/poise.hpp>\n\n#include <cmath>\n#include <iostream>\n\nint main() {\n"
            f"{here}{code}}}\n")


def programs_of(pages):
    """name -> (code, expected output or None), and what is wrong with the pages."""
    programs, problems = {}, []
    for page in pages:
        last = None
        for line, marker, language, text in blocks_of(page):
            if language == "text" and last:
                programs[last] = (programs[last][0], text)
            last = marker[1] if marker and language == "cpp" else None
            if last in programs:
                problems.append(f"{page}:{line}: a second program named '{last}'")
            if last:
                programs[last] = (program(page, line, text), None)
            if language == "cpp" and not marker:
                problems.append(f"{page}:{line}: put <!-- run: name --> (or <!-- fragment -->) before this block")
            if marker and language != "cpp":
                problems.append(f"{page}:{line}: {marker[0]} must stand before a cpp block")
    return programs, problems


def dead_links_of(page):
    """Links to files of the checkout that are not there."""
    in_block = False
    for number, line in enumerate(Path(page).read_text(encoding="utf-8").splitlines(), 1):
        in_block ^= line.startswith("```")
        for target in [] if in_block else re.findall(r"\]\(([^)#]+)[^)]*\)", line):
            if "://" not in target and not (Path(page).parent / target).exists():
                yield f"{page}:{number}: {target} does not exist"


def check(*pages):
    programs, problems = programs_of(pages)
    for page in pages:
        problems += dead_links_of(page)
    print("\n".join(problems) or f"{len(programs)} programs in {len(pages)} pages")
    return 1 if problems else 0


def extract(folder, *pages):
    Path(folder).mkdir(parents=True, exist_ok=True)
    programs, _ = programs_of(pages)
    for name, (code, expected) in programs.items():
        for suffix, text in ((".cpp", code), (".expected", "…\n" if expected is None else expected)):
            path = Path(folder, name + suffix)
            if not path.exists() or path.read_text(encoding="utf-8") != text:  # an unchanged program is not rebuilt
                path.write_text(text, encoding="utf-8")
    print(";".join(programs))
    return 0


def pattern_of(expected):
    lines = ["(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n"
             for line in expected.splitlines()]
    return re.compile("".join(lines))


def compare(expected_file, *command):
    expected = Path(expected_file).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if run.returncode != 0:
        print(f"{command[0]} ended with status {run.returncode}")
        return 1
    printed = "".join(line.rstrip() + "\n" for line in run.stdout.splitlines())
    if pattern_of(expected).fullmatch(printed):
        return 0
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "page", "program"))
    return 1


if __name__ == "__main__":
    sys.exit({"check": check, "extract": extract, "compare": compare}[sys.argv[1]](*sys.argv[2:]))
