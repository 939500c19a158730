#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_layers.py must catch each violation seeded here, and nothing else."""
import tempfile
import unittest
from pathlib import Path

from check_layers import LAYERS, Checker


def violations_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Checker(folder).check()


class CheckLayers(unittest.TestCase):
    def expect_one(self, part, files):
        found = violations_of(files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_accepts_what_the_table_allows(self):
        self.assertEqual(violations_of({
            "include/poise/core.hpp": "#include <poise/core/index.hpp>\n",
            "include/poise/core/index.hpp": "#include <cstddef>\n#include <sys/stat.h>\n",
            "include/poise/linear/eigen.hpp": "#include <Eigen/SparseCore>\n#include <poise/core/index.hpp>\n",
            "include/poise/poise.hpp": "#include <poise/core.hpp>\n",
            "src/core/clones.hpp": "",
            "src/linear/cholesky.cpp": '#include "core/clones.hpp"\n#include <cholmod.h>\n',
            "src/task/executor.cpp": '#include "steal.hpp"\n#  include <tbb/task_arena.h>\n',
            "src/task/steal.hpp": "",
        }), [])

    def test_a_layer_may_not_reach_up(self):
        self.expect_one("include/poise/core/b.hpp:2: layer 'core' may not include layer 'grid'", {
            "include/poise/core/b.hpp": "\n#include <poise/grid/a.hpp>\n", "include/poise/grid/a.hpp": ""})

    def test_a_private_header_of_another_layer_counts_too(self):
        self.expect_one("layer 'grid' may not include layer 'task'", {
            "src/grid/a.cpp": '#include "task/b.hpp"\n', "src/task/b.hpp": ""})

    def test_an_umbrella_belongs_to_its_layer(self):
        self.expect_one("layer 'profile' may not include layer 'task'", {
            "include/poise/profile.hpp": "#include <poise/task.hpp>\n", "include/poise/task.hpp": ""})

    def test_nothing_includes_a_leaf(self):
        leaf = {"include/poise/cuda.hpp": ""}
        self.expect_one("includes the leaf 'cuda'", {"include/poise/poise.hpp": "#include <poise/cuda.hpp>\n"} | leaf)
        self.expect_one("may not include layer 'cuda'", {"src/pde/solve.cpp": "#include <poise/cuda.hpp>\n"} | leaf)

    def test_third_party_headers_have_their_places(self):
        for header, place in (("tbb/parallel_for.h", "include/poise/task/executor.hpp"), ("png.h", "src/core/a.cpp"),
                              ("tbb/parallel_for.h", "src/linear/csr.cpp"), ("Eigen/Core", "include/poise/pde/a.hpp"),
                              ("cholmod.h", "include/poise/linear/a.hpp"), ("cuda_runtime.h", "src/pde/a.cpp")):
            with self.subTest(header=header, place=place):
                self.expect_one(f"{place}:1: <{header}> may not appear here", {place: f"#include <{header}>\n"})

    def test_an_unknown_third_party_header_needs_a_row(self):
        self.expect_one("<boost/any.hpp> has no row", {"src/core/a.cpp": "#include <boost/any.hpp>\n"})

    def test_an_unknown_folder_is_no_layer(self):
        self.expect_one("'util' is not a layer", {"include/poise/util/a.hpp": ""})

    def test_an_include_that_leads_nowhere(self):
        self.expect_one("src/nowhere.hpp does not exist", {"src/core/a.cpp": '#include "nowhere.hpp"\n'})

    def test_mutual_includes(self):
        self.expect_one("cycle of includes: include/poise/core/a.hpp -> include/poise/core/b.hpp", {
            "include/poise/core/a.hpp": "#include <poise/core/b.hpp>\n",
            "include/poise/core/b.hpp": "#include <poise/core/a.hpp>\n"})

    def test_length(self):
        self.expect_one("351 lines", {"include/poise/core/a.hpp": "//\n" * 351})
        self.expect_one("21 lines; an umbrella", {"include/poise/core.hpp": "//\n" * 21})
        self.assertEqual(violations_of({"include/poise/core/a.hpp": "//\n" * 350}), [])

    def test_the_table_itself_has_no_cycle(self):
        order = list(LAYERS)
        for layer, row in LAYERS.items():
            for other in row:
                self.assertLess(order.index(other), order.index(layer), f"{layer} stands before {other}")


if __name__ == "__main__":
    unittest.main()
