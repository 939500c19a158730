#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTML report in a headless Chromium: sorting, filtering, search, zoom, names that mean harm, narrow windows.

usage: html_browser_test.py PROBE    PROBE writes the pages; exit status 77 when there is no browser
"""
import contextlib
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from webdriver import PACKAGES, Browser, find_browser

browser = None
pages = None
NEXT_FRAME = "return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
# Reads a canvas through a copy, so that the canvas itself stays one that is only drawn to.
PIXELS = """
    function pixels(selector, x, y, width, height) {
        const from = document.querySelector(selector), copy = document.createElement('canvas');
        [copy.width, copy.height] = [from.width, from.height];
        const context = copy.getContext('2d', {willReadFrequently: true});
        context.drawImage(from, 0, 0);
        return context.getImageData(x, y, width ?? from.width, height ?? from.height).data;
    }
"""


class PageTest(unittest.TestCase):
    page = "run.html"

    def setUp(self):
        browser.resize(1280, 900)
        browser.set_dark(False)
        self.open(self.page)

    def tearDown(self):
        self.assertEqual(browser.log(), [], "the console has errors, or the policy was violated")

    def open(self, page):
        browser.open(pages / page)
        browser.run("document.documentElement.style.scrollBehavior = 'auto'")

    def state(self, part):
        return browser.run(f"return poise_report.{part}.state()")

    def show(self, selector):
        browser.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)

    def wait_until(self, condition):
        for _ in range(1000):
            if condition():
                return
            browser.run(NEXT_FRAME)
        self.fail("nothing happened")

    def visible_sections(self):
        return browser.run("return [...document.querySelectorAll('main > section')].filter(s => !s.hidden).map(s => s.id)")

    def drawn_rows(self):
        """Name and text of every cell of the tree as they stand in the document."""
        return browser.run("return [...document.querySelectorAll('#scopes-table tbody tr')].map(row => "
                           "[row.querySelector('.label').textContent, ...[...row.cells].slice(1).map(c => c.textContent)])")

    def canvas_is_painted(self, selector):
        return browser.run(PIXELS + "const d = pixels(arguments[0], 0, 0); let n = 0;"
                           "for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n / (d.length / 4)", selector)


class Run(PageTest):
    def test_shows_every_section(self):
        self.assertEqual(self.visible_sections(), ["summary", "scopes", "flame", "timeline", "sites", "functions",
                                                   "comparisons", "metrics"])
        self.assertEqual(browser.run("return document.title"), "chip_thermal, 48 samples, 2 threads")
        self.assertEqual(browser.run("return document.querySelectorAll('#advice article').length"), 3)
        self.assertEqual(browser.run("return document.querySelectorAll('#comparisons-list svg .mark.faster').length"), 4)

    def test_sorts_a_column(self):
        browser.click("#scopes-expand")
        # Siblings are ordered by the column, at every level; the numbers come from the data itself.
        check = """
            const rows = poise_report.table.state().rows, tree = poise_report.data.scopes, names = poise_report.data.names;
            const value = label => tree[arguments[0]][tree.name.findIndex(n => names[n] === label)];
            const children = rows.filter(r => ['write .png', 'write .vti'].includes(r));
            return [rows, rows.map(value), children]"""
        browser.click('[data-column="total"]')  # it was sorted by it, downwards
        rows, values, children = browser.run(check, "total")
        top = [v for r, v in zip(rows, values) if r in ("run", "read power trace", "read floorplan", "print table")]
        self.assertEqual(top, sorted(top))
        self.assertEqual(children, ["write .vti", "write .png"])
        before = self.drawn_rows()
        browser.click('[data-column="total"]')
        rows, values, children = browser.run(check, "total")
        self.assertEqual(children, ["write .png", "write .vti"])
        self.assertNotEqual(before, self.drawn_rows())
        self.assertEqual([r[0] for r in self.drawn_rows()], rows)
        self.assertEqual(browser.run("return document.querySelector('#scopes-table [aria-sort]').getAttribute('aria-sort')"),
                         "descending")
        browser.click('[data-column="name"]')
        rows, _, children = browser.run(check, "total")
        self.assertEqual([r for r in rows if r.startswith(("print", "read", "run"))],
                         ["print table", "read floorplan", "read power trace", "run"])

    def test_opens_and_closes_with_the_keyboard(self):
        browser.click("#scopes-collapse")
        self.assertEqual(len(self.drawn_rows()), 4)
        browser.run("document.querySelector('#scopes-table tbody tr').focus()")
        browser.press("Right")
        self.assertIn("solve sample", [r[0] for r in self.drawn_rows()])
        browser.press("Down")
        browser.press("Enter")
        self.assertIn("pde::solve", [r[0] for r in self.drawn_rows()])
        browser.press("Left")
        self.assertNotIn("pde::solve", [r[0] for r in self.drawn_rows()])
        browser.press("Left")
        browser.press("Left")
        self.assertEqual(len(self.drawn_rows()), 4)

    def test_opens_and_closes_with_the_pointer(self):
        browser.click("#scopes-collapse")
        self.show("#scopes-table tbody .twisty")
        browser.click("#scopes-table tbody .twisty")
        self.assertGreater(len(self.drawn_rows()), 4)

    def test_filters(self):
        browser.type("#scopes-filter", "TRIANG")
        self.assertEqual([r[0] for r in self.drawn_rows()], ["run", "solve sample", "pde::solve", "triangular solves"])
        self.assertEqual(browser.run("return document.querySelector('#scopes-table mark').textContent"), "triang")
        browser.clear("#scopes-filter")
        browser.type("#scopes-filter", "no such scope")
        self.assertEqual(self.drawn_rows(), [])

    def test_switches_between_trees(self):
        browser.click('#scopes-view [data-id="threads"]')
        self.assertEqual([r[0] for r in self.drawn_rows() if r[0] in ("main", "worker 1")], ["main", "worker 1"])
        browser.click('#scopes-view [data-id="names"]')
        rows = {r[0]: r for r in self.drawn_rows()}
        names = browser.run("return new Set(poise_report.data.scopes.name).size")
        self.assertEqual(len(rows), names)  # each once
        self.assertEqual(rows["triangular solves"][1], "96")

    def test_advice_leads_to_the_scope(self):
        browser.click("#scopes-collapse")
        browser.click("#advice .link")
        self.assertEqual(browser.run("return document.activeElement.querySelector('.label').textContent"), "triangular solves")

    def test_links_lead_only_where_something_is(self):
        self.assertEqual(browser.run("return document.querySelectorAll('#advice button.link').length"), 3)
        self.assertEqual(browser.run("return document.querySelectorAll('#sites-table button.link').length"), 5)
        self.assertTrue(browser.run("return poise_report.table.reveal('run/solve sample/pde::solve')"))
        self.assertFalse(browser.run("return poise_report.table.reveal('run/pde::solve')"))

    def test_searches_the_flame_graph(self):
        self.assertEqual(browser.run("return document.querySelector('#flame-found').textContent"), "")
        browser.type("#flame-search", "solve")
        found = self.state("flame")["found"]
        self.assertEqual(found["count"], 3)  # solve sample, pde::solve, triangular solves: one within the other
        share = browser.run("""
            const t = poise_report.data.scopes, names = poise_report.data.names;
            const all = t.self.reduce((a, b) => a + b), first = t.name.findIndex(n => names[n] === 'solve sample');
            let end = first + 1;
            while (end < t.rows && t.depth[end] > t.depth[first]) ++end;
            return t.self.slice(first, end).reduce((a, b) => a + b) / all""")
        self.assertAlmostEqual(found["share"], share, places=9)
        self.assertEqual(browser.run("return document.querySelector('#flame-found').textContent"),
                         f"3 frames, {100 * share:.1f}\u202f%")
        pixel = PIXELS + "const b = poise_report.flame.box_of(arguments[0]);" \
                         "return [...pixels('#flame-canvas', b.x + b.width - 6, b.y + 4, 1, 1)]"
        self.assertNotEqual(browser.run(pixel, "solve sample"), browser.run(pixel, "run"))
        self.assertEqual(browser.run(pixel, "solve sample"), browser.run(pixel, "pde::solve"))
        browser.clear("#flame-search")
        browser.type("#flame-search", "nowhere")
        self.assertEqual(browser.run("return document.querySelector('#flame-found').textContent"), "not found")

    def click_frame(self, name):
        self.show("#flame-canvas")
        frame = browser.run("return poise_report.flame.box_of(arguments[0])", name)
        canvas = browser.box("#flame-canvas")
        browser.pointer(("move", canvas["x"] + frame["x"] + frame["width"] / 2, canvas["y"] + frame["y"] + frame["height"] / 2),
                        ("down",), ("up",))

    def test_zooms_the_flame_graph_and_back(self):
        whole = self.state("flame")["range"]
        narrow = browser.run("return poise_report.flame.box_of('factorise')")
        self.click_frame("factorise")
        self.assertEqual(self.state("flame")["zoom"], ["run", "solve sample", "pde::solve", "build operator", "factorise"])
        wide = browser.run("return poise_report.flame.box_of('factorise')")
        self.assertLess(narrow["width"], 400)
        self.assertAlmostEqual(wide["width"], browser.box("#flame-canvas")["width"], delta=1)
        self.assertIn("factorise", browser.run("return document.querySelector('#tip .title').textContent"))
        crumbs = browser.run("return [...document.querySelectorAll('#flame-crumbs button')].map(b => b.textContent)")
        self.assertEqual(crumbs, ["all", "run", "solve sample", "pde::solve", "build operator", "factorise"])
        browser.click("#flame-crumbs button:nth-of-type(4)")
        self.assertEqual(self.state("flame")["zoom"], ["run", "solve sample", "pde::solve"])
        browser.click("#flame-reset")
        self.assertEqual(self.state("flame")["zoom"], [])
        self.assertEqual(self.state("flame")["range"], whole)

    def test_walks_the_flame_graph_with_the_keyboard(self):
        browser.run("document.querySelector('#flame-canvas').focus()")
        for key in ("Down", "Down", "Right", "Left", "Enter"):
            browser.press(key)
        self.assertEqual(self.state("flame")["zoom"], ["run", "solve sample"])
        self.assertIn("solve sample", browser.run("return document.querySelector('#flame-detail').textContent"))
        browser.press("Escape")
        self.assertEqual(self.state("flame")["zoom"], ["run"])

    def test_switches_what_the_flame_graph_shows(self):
        self.assertEqual(self.state("flame")["views"], ["scopes", "threads", "bytes", "sites", "samples-0"])
        for view in self.state("flame")["views"]:
            browser.run("const s = document.querySelector('#flame-view'); s.value = arguments[0];"
                        "s.dispatchEvent(new Event('change'))", view)
            state = self.state("flame")
            self.assertEqual(state["view"], view)
            self.assertGreater(state["drawn"], 5)
            self.assertGreater(self.canvas_is_painted("#flame-canvas"), 0.2)
        self.assertEqual(self.state("flame")["total"], 458)  # samples

    def test_zooms_the_timeline(self):
        self.show("#timeline-canvas")
        whole = self.state("timeline")
        self.assertEqual([whole["from"], whole["to"]], [0, whole["span"]])
        browser.click("#timeline-in")
        browser.click("#timeline-in")
        inside = self.state("timeline")
        self.assertAlmostEqual((inside["to"] - inside["from"]) / whole["span"], 0.25)
        self.assertLess(inside["drawn"], whole["drawn"])
        browser.click("#timeline-right")
        self.assertGreater(self.state("timeline")["from"], inside["from"])
        browser.click("#timeline-fit")
        self.assertEqual(self.state("timeline")["to"], whole["to"])
        box = browser.box("#timeline-canvas")
        middle = (box["x"] + box["width"] / 2, box["y"] + 100)
        # The wheel scrolls the page until the timeline was clicked.
        browser.wheel(*middle, -120)
        self.wait_until(lambda: browser.box("#timeline-canvas")["y"] != box["y"])
        self.assertEqual(self.state("timeline")["to"], whole["to"])
        self.show("#timeline-canvas")
        box = browser.box("#timeline-canvas")
        middle = (box["x"] + box["width"] / 2, box["y"] + 100)
        browser.pointer(("move", *middle), ("down",), ("up",))
        browser.wheel(*middle, -240)
        self.wait_until(lambda: self.state("timeline")["to"] < whole["to"])  # wheels arrive when they do
        zoomed = self.state("timeline")
        self.assertLess(zoomed["to"] - zoomed["from"], 0.6 * whole["span"])
        # Dragging moves; on the axis it chooses what to zoom to.
        browser.pointer(("move", *middle), ("down",), ("move", middle[0] - 60, middle[1]), ("move", middle[0] - 120, middle[1]), ("up",))
        browser.run(NEXT_FRAME)
        self.assertGreater(self.state("timeline")["from"], zoomed["from"])
        before = self.state("timeline")
        axis = box["y"] + 10
        browser.pointer(("move", middle[0], axis), ("down",), ("move", middle[0] + 50, axis), ("move", middle[0] + 100, axis), ("up",))
        after = self.state("timeline")
        self.assertAlmostEqual((after["to"] - after["from"]) / (before["to"] - before["from"]), 100 / (box["width"] - 96), places=2)

    def test_shows_what_a_task_waited_for(self):
        browser.run("poise_report.timeline.select(poise_report.timeline.find('hottest block'))")
        state = self.state("timeline")
        self.assertEqual((state["selected"], state["links"]), ("hottest block", 49))
        self.assertIn("Waited for 48 tasks", browser.run("return document.querySelector('#timeline-detail').textContent"))
        self.assertEqual(state["critical"], ["prepare mesh", "solve sample", "hottest block", "write files"])
        browser.click("#timeline-critical")
        self.assertTrue(self.state("timeline")["show_critical"])
        browser.run("document.querySelector('#timeline-canvas').focus()")
        browser.press("Escape")
        self.assertIsNone(self.state("timeline")["selected"])
        browser.press("]")
        self.assertEqual(self.state("timeline")["selected"], "prepare mesh")

    def test_shows_memory_below_the_timeline(self):
        self.assertGreater(self.state("timeline")["memory_points"], 100)
        self.assertGreater(self.canvas_is_painted("#memory-canvas"), 0.1)

    def test_opens_the_stack_of_a_site(self):
        rows = "return document.querySelectorAll('#sites-table tbody tr').length"
        before = browser.run(rows)
        self.show("#sites-table .twisty")
        browser.click("#sites-table .twisty")
        self.assertEqual(browser.run(rows), before + 1)
        self.assertEqual(browser.run("return document.querySelectorAll('#sites-table .stack li').length"), 5)

    def test_states_the_interval_of_a_share(self):
        row = browser.run("return [...document.querySelector('#functions-table tbody tr').cells].map(c => c.textContent)")
        # Wilson's interval of 171 of 458 samples, computed by hand: 33.0 to 41.9 %.
        self.assertEqual(row[:4], ["dgemm_kernel_SKYLAKEX", "–", "37.3\u202f%", "33.0 – 41.9"])

    def test_fits_the_window(self):
        for dark in (False, True):
            browser.set_dark(dark)
            for width in (1280, 700, 400):
                browser.resize(width, 900)
                browser.run(NEXT_FRAME)
                self.assertEqual(browser.run("return document.documentElement.scrollWidth"), width)
                self.assertAlmostEqual(browser.run("return document.querySelector('#flame-canvas').width"),
                                       browser.box("#flame-canvas")["width"], delta=1)

    def test_follows_the_colour_scheme(self):
        background = "return getComputedStyle(document.body).backgroundColor"
        light = browser.run(background)
        browser.set_dark(True)
        self.assertNotEqual(browser.run(background), light)

    def test_text_on_every_colour_can_be_read(self):
        """WCAG 2: contrast of at least 4.5 between the names in the flame graph and what is behind them."""
        contrast = PIXELS + """
            const worst = [];
            const luminance = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            for (const name of arguments[0]) {
                const b = poise_report.flame.box_of(name);
                const d = pixels('#flame-canvas', b.x + 2, b.y + 3, b.width - 4, b.height - 6), seen = [];
                for (let i = 0; i < d.length; i += 4) seen.push(luminance(d.slice(i, i + 3)));
                worst.push((Math.max(...seen) + 0.05) / (Math.min(...seen) + 0.05));
            }
            return Math.min(...worst)"""
        for dark in (False, True):
            browser.set_dark(dark)
            browser.run(NEXT_FRAME)
            self.assertGreater(browser.run(contrast, ["run", "solve sample", "pde::solve", "triangular solves", "build operator"]), 4.5)


class Nasty(PageTest):
    page = "nasty.html"

    def test_names_are_text(self):
        self.assertIsNone(browser.run("return window.broken ?? null"))
        self.assertEqual(browser.run("return document.images.length"), 0)
        self.assertEqual(browser.run("return document.scripts.length"), 2)
        self.assertEqual(browser.run("return document.title"), "</script><script>window.broken = 1</script>")
        names = {r[0] for r in self.drawn_rows()}
        for name in ("</script><script>window.broken = 1</script>", "<img src=x onerror=window.broken=1>", "__proto__",
                     "line\\nbreak\\ttab \\u0001 bell \\u0007 delete \\u007f", "right \\u202e to left \\u200f marks",
                     "invalid \ufffd\ufffd utf-8 \ufffd", "separators \\u2028 and \\u2029", "(no name)", "W" * 255):
            self.assertIn(name, names)

    def test_every_view_survives(self):
        for view in self.state("flame")["views"]:
            browser.run("poise_report.flame.show(arguments[0])", view)
        for view in ("threads", "names", "logical"):
            browser.run("poise_report.table.show(arguments[0])", view)
        browser.run("poise_report.table.reveal('</script><script>window.broken = 1</script>')")
        canvas = browser.box("#timeline-canvas")
        self.show("#timeline-canvas")
        for x in range(100, int(canvas["width"]), 90):  # tooltips of names
            canvas = browser.box("#timeline-canvas")
            browser.pointer(("move", canvas["x"] + x, canvas["y"] + 42))
        self.assertIsNone(browser.run("return window.broken ?? null"))

    def test_long_names_are_cut_and_told_in_full(self):
        for width in (1280, 700):
            browser.resize(width, 900)
            self.assertEqual(browser.run("return document.documentElement.scrollWidth"), width)
        cell = browser.run("const l = [...document.querySelectorAll('#scopes-table .label')].find(l => l.textContent.startsWith('WWW'));"
                           "return [l.scrollWidth > l.clientWidth, l.closest('td').title]")
        self.assertTrue(cell[0])
        self.assertTrue(cell[1].startswith("W" * 255))


class Empty(PageTest):
    page = "empty.html"

    def test_says_what_to_do(self):
        self.assertEqual(self.visible_sections(), ["summary"])
        self.assertIn("poise::profile::enable()", browser.run("return document.querySelector('main').innerText"))


class Large(PageTest):
    page = "whole.html"

    def test_draws_what_can_be_seen_of_100000(self):
        state = self.state("flame")
        self.assertEqual(state["frames"], 100000)
        self.assertLess(state["drawn"], 10000)
        browser.run("poise_report.flame.search('inner')")
        self.assertGreater(self.state("flame")["found"]["count"], 20000)
        browser.click("#scopes-expand")
        self.assertEqual(browser.run("return poise_report.table.state().rows.length"), 100000)
        self.assertEqual(browser.run("return poise_report.table.state().drawn"), 400)
        timeline = self.state("timeline")
        self.assertEqual(timeline["events"], 99999)
        self.assertLess(timeline["drawn"], 10000)

    def test_folded_says_what_is_missing(self):
        self.open("folded.html")
        self.assertLess((pages / "folded.html").stat().st_size, 2_000_000)
        self.assertIn("sums are exact", browser.run("return document.querySelector('#scopes-hint').textContent"))
        self.assertAlmostEqual(self.state("flame")["total"], 10e9, delta=1000)
        self.assertIn("joined with their neighbours", browser.run("return document.querySelector('#timeline-hint').textContent"))


if __name__ == "__main__":
    if not all(find_browser()):
        print(f"skipped: needs a browser and its driver; on Debian 12: apt-get install {PACKAGES}")
        sys.exit(77)
    probe = sys.argv.pop(1)
    with tempfile.TemporaryDirectory(prefix="poise-pages-") as folder:
        pages = Path(folder)
        subprocess.run([probe, folder], check=True)
        first = Browser()
        try:
            first.__enter__()
        except RuntimeError as failure:
            if "session not created" not in str(failure):
                raise
            print(f"skipped: the browser does not start here, as in a chroot without /dev/shm: {failure}")
            sys.exit(77)
        with contextlib.ExitStack() as stack:
            stack.push(first)
            browser = first
            unittest.main(argv=sys.argv)
