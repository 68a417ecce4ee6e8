"""The standard library of an old and a new Python: nothing crashes, and every module is accounted for."""

from __future__ import annotations

import json
import subprocess

import pytest
from interpreters import interpreter

from snakebridge.errors import IntrospectionError
from snakebridge.introspect._ask import ask

# Prints the public top-level modules, and below each what its folder holds.
LIST = """
import json, os, pkgutil, sys, sysconfig
places = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
places += [os.path.join(place, "lib-dynload") for place in places]
names = {one.name for one in pkgutil.iter_modules(places)} | set(sys.builtin_module_names)
inside = {}
for name in names:
    folders = [os.path.join(place, name) for place in places]
    inside[name] = sorted({one.name for one in pkgutil.iter_modules(folders)}) if name not in sys.builtin_module_names else []
json.dump(inside, sys.stdout)
"""
HIDDEN = ("_*", "test", "tests", "*_test", "test_*")
LEFT_OUT = {"antigravity", "idlelib", "test", "turtledemo"}  # one opens a browser, the others are programs
SAMPLE = [
    *(
        "asyncio",
        "builtins",
        "ctypes",
        "dataclasses",
        "email",
        "enum",
        "functools",
        "inspect",
        "json",
        "multiprocessing",
    ),
    *("operator", "os", "sys", "threading", "typing", "unicodedata", "xml"),
]


def contents(python):
    listed = json.loads(subprocess.check_output([python, "-I", "-c", LIST], text=True))
    return {name: inside for name, inside in listed.items() if name[0] != "_" and name not in LEFT_OUT}


def unaccounted(library, inside, python):
    """Return what is wrong with the answer about one library of the standard library."""
    answer = ask(library, python, deadline=60, not_visited=HIDDEN, on_progress=None)
    facts = {fact.module: fact for fact in answer.facts if fact.module}
    missing = {f"{library}.{name}" for name in inside if name[0] != "_" and "test" not in name} - facts.keys()
    broken = [name for fact in facts.values() for name, entry in fact.members.items() if entry.broken]
    is_empty = facts[library].failed is None and not facts[library].members
    return [*sorted(missing), *answer.crashes, *broken, *([library] if is_empty else [])]


@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_a_sample_of_the_standard_library_is_accounted_for(version):
    python = interpreter(version)
    listed = contents(python)
    assert {name: unaccounted(name, listed[name], python) for name in SAMPLE} == {name: [] for name in SAMPLE}


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_every_module_of_the_standard_library_is_accounted_for(version):
    python = interpreter(version)
    listed = contents(python)
    assert len(listed) > 150
    wrong = {}
    for name, inside in listed.items():
        try:
            found = unaccounted(name, inside, python)
        except IntrospectionError as error:
            found = [str(error)]
        if found:
            wrong[name] = found
    assert wrong == {}
