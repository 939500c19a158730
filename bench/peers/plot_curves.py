#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Work-precision curves as an SVG: one panel a problem, time over error, both in logarithms.

Run: plot_curves.py <curves as the benchmarks write them> <picture.svg> <title> [part of a rival's name to leave out]...
"""
import csv
import math
import sys
from xml.sax.saxutils import escape

COLOURS = ["#0b6e4f", "#1f77b4", "#d1495b", "#8e5ea2", "#e08e0b", "#444444", "#17a2b8", "#9b9b30", "#a0522d", "#777777"]
WIDTH, HEIGHT, GAP, LEFT, TOP = 300, 230, 62, 60, 62
ERRORS = (1e-2, 1e-10)  # from left to right


def read(path, left_out):
    curves = {}
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if any(part in row["rival"] for part in left_out):
                continue
            seconds, error = float(row["seconds"]), float(row["error"])
            points = curves.setdefault(row["problem"], {}).setdefault(row["rival"], [])
            if math.isfinite(error) and ERRORS[1] <= error <= ERRORS[0]:
                points.append((error, 1e3 * seconds))
    return curves


def panel(problem, rivals, colours, left, top):
    times = [ms for points in rivals.values() for _, ms in points]
    low, high = math.floor(2 * math.log10(min(times))) / 2, math.ceil(2 * math.log10(max(times))) / 2

    def x(error):
        begin, end = (math.log10(e) for e in ERRORS)
        return left + WIDTH * (math.log10(error) - begin) / (end - begin)

    def y(ms):
        return top + HEIGHT * (high - math.log10(ms)) / (high - low)

    out = [f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" class="frame"/>',
           f'<text x="{left}" y="{top - 8}" class="name">{escape(problem)}</text>']
    for power in range(-10, -1, 2):
        at = x(10.0**power)
        out.append(f'<path d="M{at:.1f} {top}v{HEIGHT}" class="grid"/>'
                   f'<text x="{at:.1f}" y="{top + HEIGHT + 16}" text-anchor="middle">1e{power}</text>')
    for power in range(math.ceil(low), math.floor(high) + 1):
        at = y(10.0**power)
        label = f"{10.0**power:g}"
        out.append(f'<path d="M{left} {at:.1f}h{WIDTH}" class="grid"/>'
                   f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
    for rival, points in rivals.items():
        if not points:
            continue
        line = "L".join(f"{x(error):.1f} {y(ms):.1f}" for error, ms in points)
        out.append(f'<path d="M{line}" class="curve" stroke="{colours[rival]}"/>')
        out.extend(f'<circle cx="{x(e):.1f}" cy="{y(ms):.1f}" r="2" fill="{colours[rival]}"/>' for e, ms in points)
    return out


def main():
    path, picture, title, *left_out = sys.argv[1:]
    curves = read(path, left_out)
    names = list(dict.fromkeys(rival for rivals in curves.values() for rival in rivals))
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    across = min(3, len(curves))
    down = -(-(len(curves) + 1) // across)
    width, height = LEFT + across * (WIDTH + GAP), TOP + down * (HEIGHT + GAP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
           "<style>text{font:12px sans-serif;fill:#222}.title{font-size:17px;font-weight:bold}.name{font-weight:bold;font-size:13px}"
           ".frame{fill:#fff;stroke:#888}.grid{stroke:#ddd;fill:none}.curve{fill:none;stroke-width:1.8}</style>",
           f'<rect width="{width}" height="{height}" fill="#fff"/>',
           f'<text x="{LEFT}" y="26" class="title">{escape(title)}</text>']
    for i, (problem, rivals) in enumerate(curves.items()):
        out += panel(problem, rivals, colours, LEFT + (i % across) * (WIDTH + GAP), TOP + (i // across) * (HEIGHT + GAP))
    last = len(curves)
    left, top = LEFT + (last % across) * (WIDTH + GAP), TOP + (last // across) * (HEIGHT + GAP)
    out.append(f'<text x="{left}" y="{top}">ms of CPU time over the error at the end</text>')
    for i, name in enumerate(names):
        at = top + 22 + 19 * i
        out.append(f'<path d="M{left} {at - 4}h26" class="curve" stroke="{colours[name]}"/>'
                   f'<text x="{left + 34}" y="{at}">{escape(name)}</text>')
    out.append("</svg>")
    with open(picture, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
