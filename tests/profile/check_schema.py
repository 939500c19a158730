#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The output of PROBE is what SCHEMA says; where the package jsonschema is not installed, status 77: skipped.

usage: check_schema.py SCHEMA PROBE
"""
import copy
import json
import subprocess
import sys
from pathlib import Path

try:
    import jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(77)

schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
profile = json.loads(subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, check=True).stdout)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
validator.validate(profile)

# A schema that accepts everything would have passed, too.
for field in ("wall_s", "root", "metrics"):
    damaged = copy.deepcopy(profile)
    del damaged[field]
    if validator.is_valid(damaged):
        sys.exit(f"the schema accepts a profile without {field}")
damaged = copy.deepcopy(profile)
damaged["root"]["children"][0]["calls"] = "many"
if validator.is_valid(damaged):
    sys.exit("the schema accepts calls that are no number")
print("valid")
