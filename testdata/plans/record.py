#!/usr/bin/env python3
"""Asks Terraform for real plans and writes each directory's plan.json and state.json, byte for byte as it shows them.

The tests read those alone; this is needed only when a case changes. `before/` is applied, with the arguments in
`before/args`; `after/` is planned in its place (`before/` where there is none), with those in `after/args` or `args`,
one a line; `taint` holds addresses to taint in between.
"""
import os, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))


def terraform(directory, *args, ok=True):
    env = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    p = subprocess.run(["terraform", *args], cwd=directory, env=env, capture_output=True, text=True)
    if ok and p.returncode != 0:
        raise RuntimeError(f"{args}: {p.stdout[-1500:]}{p.stderr[-1500:]}")
    return p.stdout


def lines(*path):
    path = os.path.join(here, *path)
    return open(path).read().splitlines() if os.path.exists(path) else []


def put(source, directory):
    for name in os.listdir(directory):
        if name not in (".terraform", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup"):
            path = os.path.join(directory, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    shutil.copytree(source, directory, dirs_exist_ok=True)


def record(case):
    before, after = os.path.join(here, case, "before"), os.path.join(here, case, "after")
    with tempfile.TemporaryDirectory() as d:
        if os.path.isdir(before):
            put(before, d)
            terraform(d, "init", "-input=false")
            terraform(d, "apply", "-auto-approve", "-input=false", *lines(case, "before", "args"))
            for address in lines(case, "taint"):
                terraform(d, "taint", address)
            with open(os.path.join(here, case, "state.json"), "w") as f:
                f.write(terraform(d, "show", "-json"))
        if os.path.isdir(after):
            put(after, d)
        terraform(d, "init", "-input=false")
        terraform(d, "plan", "-input=false", "-out=tfplan", *lines(case, "after", "args"), *lines(case, "args"), ok=False)
        with open(os.path.join(here, case, "plan.json"), "w") as f:
            f.write(terraform(d, "show", "-json", "tfplan"))


for case in sys.argv[1:] or sorted(n for n in os.listdir(here) if os.path.isdir(os.path.join(here, n))):
    record(case)
