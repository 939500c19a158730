#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_readme.py must find the programs of a page, and must see a difference where there is one."""
import tempfile
import unittest
from pathlib import Path

from check_readme import dead_links_of, pattern_of, programs_of

PAGE = """# Title

<!-- run: hello -->
```cpp
int main() {}
```

It prints

```text
1.5 ms
```

<!-- fragment -->
```cpp
int x;
```
"""


def programs_in(text):
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.md")
        page.write_text(text, encoding="utf-8")
        return programs_of([page])


class CheckReadme(unittest.TestCase):
    def test_finds_dead_links_outside_of_code(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, "page.md")
            page.write_text("[a](page.md#x) [b](https://x.org) [c](gone.md)\n```cpp\n[](int i) {}\n```\n", encoding="utf-8")
            self.assertEqual([p.rsplit("/", 1)[1] for p in dead_links_of(page)], ["page.md:1: gone.md does not exist"])

    def test_finds_program_and_output(self):
        programs, problems = programs_in(PAGE)
        self.assertEqual(problems, [])
        self.assertEqual(list(programs), ["hello"])
        code, expected = programs["hello"]
        self.assertRegex(code, r'^#line 5 ".*page\.md"\nint main\(\) {}\n$')
        self.assertEqual(expected, "1.5 ms\n")

    def test_statements_become_a_program(self):
        code, _ = programs_in("<!-- run: a -->\n```cpp\nf();\n```\n")[0]["a"]
        self.assertRegex(code, r'#include <poise/poise\.hpp>(.*\n)*int main\(\) {\n#line 3 .*\nf\(\);\n}\n$')

    def test_output_belongs_to_the_block_just_before(self):
        page = PAGE + "```text\nstray\n```\n"
        self.assertEqual(programs_in(page)[0]["hello"][1], "1.5 ms\n")

    def test_refuses_an_unmarked_block(self):
        _, problems = programs_in("```cpp\nint x;\n```\n")
        self.assertRegex(problems[0], r"page\.md:1: put <!-- run: name -->")

    def test_a_marker_counts_only_just_before_the_block(self):
        _, problems = programs_in("<!-- run: a -->\nProse.\n```cpp\nint x;\n```\n")
        self.assertRegex(problems[0], r"page\.md:3: put <!-- run: name -->")

    def test_refuses_a_name_used_twice(self):
        _, problems = programs_in(PAGE + PAGE)
        self.assertRegex(problems[0], "a second program named 'hello'")

    def test_refuses_a_marker_before_another_language(self):
        _, problems = programs_in("<!-- run: a -->\n```sh\nls\n```\n")
        self.assertRegex(problems[0], "must stand before a cpp block")

    def test_placeholders(self):
        matches = lambda expected, printed: bool(pattern_of(expected).fullmatch(printed))
        self.assertTrue(matches("solved in … ms (a.b)\n", "solved in 1.25 ms (a.b)\n"))
        self.assertFalse(matches("solved in … ms (a.b)\n", "solved in 1.25 ms (a+b)\n"))
        self.assertFalse(matches("solved in … ms\n", "solved in 1\n2 ms\n"))
        self.assertTrue(matches("first\n…\nlast\n", "first\n2\n3\nlast\n"))
        self.assertFalse(matches("first\n…\nlast\n", "first\n2\n3\n"))
        self.assertFalse(matches("all\n", "all\nand more\n"))


if __name__ == "__main__":
    unittest.main()
