"""Generated wrappers of real libraries take exactly the calls that `inspect` binds in the library itself."""

from __future__ import annotations

import importlib
import inspect
import json
import random
import subprocess
import sys
import zlib

import pytest
from interpreters import interpreter

from snakebridge.codegen import render, write
from snakebridge.introspect import introspect
from snakebridge.manifest import Binding, Kind, Note

LIBRARIES = ["json", "statistics", "decimal", "re", "textwrap", "difflib", "fractions", "sqlite3", "collections"]
SHAPES = 20
VERSION = "3.11"

# Runs over there: says of each call whether the object's own signature binds it.
BINDER = """
import importlib, inspect, json, sys, types, warnings

BOUND = (classmethod, staticmethod, types.ClassMethodDescriptorType)

def found(address):
    module, _, qualname = address.partition(":")
    value = importlib.import_module(module)
    for part in qualname.split("."):
        owner, value = value, inspect.getattr_static(value, part) if inspect.isclass(value) else getattr(value, part)
    return value.__get__(None, owner) if isinstance(value, BOUND) else value

def signature(address):
    try:
        return inspect.signature(found(address))
    except (AttributeError, TypeError, ValueError):
        return None

def binds(signature, positional, keywords):
    try:
        signature.bind(*positional, **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True

warnings.simplefilter("ignore")
answers = []
for address, calls in json.load(sys.stdin):
    stated = signature(address)
    answers.append(None if stated is None else [binds(stated, [None] * count, names) for count, names in calls])
json.dump(answers, sys.stdout)
"""


def callables(manifest):
    """Yield the address of each function, class and method, and how many arguments stand for its object."""
    kinds = {symbol.path: symbol.kind for symbol in manifest.symbols}
    for symbol in manifest.symbols:
        # Of what hides its parameters behind `*args, **kwargs`, wrappers take what a better source says of them.
        if symbol.signature is None or symbol.name.startswith("_") or Note.RUNTIME_VARIADIC in symbol.notes:
            continue
        if symbol.kind is Kind.CLASS:
            yield symbol, 0
        elif symbol.kind is Kind.FUNCTION and (symbol.owner is None or kinds[symbol.owner] is Kind.CLASS):
            yield symbol, int(symbol.owner is not None and symbol.binding not in {Binding.CLASS, Binding.STATIC})


def calls(symbol, receiver):
    """Twenty ways to call something: numbers of positional arguments, and names."""
    rng = random.Random(zlib.crc32(symbol.path.encode()))
    names = sorted({parameter.name for parameter in symbol.signature.parameters} | {"unknown"})
    for _ in range(SHAPES):
        count = rng.randint(0, len(names))
        yield receiver + count, rng.sample(names, rng.randint(0, min(2, len(names))))


def bound(function, count, names):
    try:
        inspect.signature(function).bind(*[None] * count, **dict.fromkeys(names))
    except TypeError:
        return False
    return True


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    root = tmp_path_factory.mktemp("bound")
    sys.path.insert(0, str(root))
    yield root / "generated_bound"
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated_bound"]:
        del sys.modules[name]


@pytest.mark.parametrize("library", LIBRARIES)
def test_wrappers_bind_what_the_library_binds(packages, library):
    manifest = introspect(library, interpreter(VERSION))
    write(render(manifest), packages, library=library)
    importlib.invalidate_caches()
    asked = [(symbol, [*calls(symbol, receiver)]) for symbol, receiver in callables(manifest)]
    done = subprocess.run(
        [str(interpreter(VERSION)), "-c", BINDER],
        input=json.dumps([(symbol.path, shapes) for symbol, shapes in asked]),
        capture_output=True,
        text=True,
        check=True,
    )
    wrong = []
    count = 0
    for (symbol, shapes), answers in zip(asked, json.loads(done.stdout), strict=True):
        wrapper = importlib.import_module(f"{packages.name}.{symbol.module}")
        try:
            for part in symbol.qualname.split("."):
                wrapper = getattr(wrapper, part)
        except AttributeError:
            continue  # listed as left out
        for (number, names), answer in zip(shapes, answers or (), strict=False):
            count += 1
            if bound(wrapper, number, names) != answer:
                wrong.append(f"{symbol.path}({number}, {names}): {answer}")
    assert count >= SHAPES
    assert wrong == []
