#!/usr/bin/env python3
"""Asks `terraform console` for the value of each expression in cases.txt and writes cases.tsv.

The tests read cases.tsv alone; this is only needed when cases.txt changes.
"""
import os, subprocess, sys, tempfile
here = os.path.dirname(os.path.abspath(__file__))
cases = [l.rstrip("\n") for l in open(os.path.join(here, "cases.txt")) if l.strip() and not l.startswith("#")]

def values(batch):
    import json
    with tempfile.TemporaryDirectory() as d:
        body = "".join("output \"c%d\" {\n  value = jsonencode(%s)\n}\n" % (i, c) for i, c in enumerate(batch))
        open(os.path.join(d, "main.tf"), "w").write(body)
        p = subprocess.run(["terraform", "apply", "-auto-approve", "-no-color"], cwd=d, capture_output=True, text=True)
        if p.returncode != 0:
            return None
        out = json.loads(subprocess.run(["terraform", "output", "-json"], cwd=d, capture_output=True, text=True).stdout)
        return [out["c%d" % i]["value"] for i in range(len(batch))]

def solve(batch):
    got = values(batch)
    if got is not None:
        return got
    if len(batch) == 1:
        return ["error"]
    half = len(batch) // 2
    return solve(batch[:half]) + solve(batch[half:])

with open(os.path.join(here, "cases.tsv"), "w") as f:
    f.write("# expression, tab, Terraform's answer as JSON; written by record.py\n")
    for i in range(0, len(cases), 64):
        for c, v in zip(cases[i:i + 64], solve(cases[i:i + 64])):
            f.write(f"{c}\t{v}\n")
