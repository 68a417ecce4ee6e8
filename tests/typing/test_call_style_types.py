"""Call styles keep the types of what is called: right use is accepted, misuse is a type error, by both checkers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"

USE = """
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, assert_type

import snakebridge as sb


def mean(data: list[float], weights: list[float] | None = None) -> float: ...
def total(data: list[float]) -> int: ...
def text(number: int, /, *, base: int = 10) -> str: ...
async def fetch(url: str) -> bytes: ...
class Graph:
    def __init__(self, nodes: int) -> None: ...
    def order(self, strict: bool = False) -> int: ...

client = sb.connect()
session = sb.session()
numbers: list[list[float]] = []

assert_type(sb.submit(mean, [1.0], weights=[2.0]), Future[float])
assert_type(sb.submit(Graph, 3), Future[Graph])
assert_type(sb.submit(Graph(3).order, strict=True), Future[int])
assert_type(sb.submit(fetch, "x"), Future[bytes])
sb.submit(mean)  # wrong
sb.submit(mean, "a")  # wrong
sb.submit(mean, [1.0], wights=[1.0])  # wrong
sb.submit(text, number=1)  # wrong
sb.submit(text, 1, 2)  # wrong
sb.submit(3)  # wrong
wrong_future: Future[str] = sb.submit(total, [1.0])  # wrong

async def main() -> None:
    assert_type(await sb.aio(mean)([1.0]), float)
    assert_type(await sb.aio(fetch)("x"), bytes)
    assert_type(await sb.aio(Graph)(3), Graph)
    assert_type([each async for each in sb.map(total, numbers)], list[int])
    await sb.aio(mean)("a")  # wrong
    await sb.aio(fetch)(3)  # wrong
    await sb.aio(text)(number=3)  # wrong

assert_type(list(sb.map(total, numbers)), list[int])
assert_type(list(sb.map(mean, numbers, numbers, ordered=False, at_once=3)), list[float])
assert_type(list(sb.map(lambda row: len(row), numbers)), list[int])
assert_type(list(sb.map(Graph, [1, 2])), list[Graph])
sb.map(total)  # wrong
sb.map(total, [1.0])  # wrong
sb.map(total, numbers, numbers)  # wrong
sb.map(total, numbers, at_once="3")  # wrong
sb.map(total, 3)  # wrong
wrong_results: list[str] = list(sb.map(total, numbers))  # wrong

assert_type(sb.options(timeout=1, pool=client, session=session, idempotent=True)(mean)([1.0]), float)
sb.options(timeout=1)(mean)("a")  # wrong
sb.options(timeout="1")  # wrong
sb.options(pool=session)  # wrong
sb.options(session=client)  # wrong
sb.options(1)  # wrong
sb.options(retries=3)  # wrong

joined = sb.pipeline(mean, round, text)
assert_type(joined([1.0], weights=[2.0]), str)
assert_type(sb.pipeline(total)([1.0]), int)
assert_type(sb.pipeline(Graph, Graph.order)(3), int)
assert_type(sb.submit(joined, [1.0]), Future[str])
assert_type(list(sb.map(joined, numbers)), list[str])
sb.pipeline()  # wrong
sb.pipeline(text, total)  # wrong
joined("a")  # wrong
joined([1.0], base=3)  # wrong
wrong_text: int = joined([1.0])  # wrong
assert_type(sb.options(timeout=1)(joined)([1.0]), str)
"""


def expected() -> set[int]:
    return {number for number, line in enumerate(USE.splitlines(), 1) if line.endswith("# wrong")}


@pytest.fixture
def use(tmp_path):
    (tmp_path / "use.py").write_text(USE)
    return tmp_path / "use.py"


@pytest.mark.slow
def test_mypy_accepts_right_use_and_refuses_misuse(use):
    (use.parent / "cache").mkdir()
    place = ["--cache-dir", str(use.parent / "cache"), use.name]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--disable-error-code=empty-body", *place],
        capture_output=True,
        text=True,
        check=False,
        cwd=use.parent,
        env={**os.environ, "MYPYPATH": str(SOURCE)},
    )
    said = {int(found[1]) for found in re.finditer(r"^use\.py:(\d+): error", done.stdout, re.MULTILINE)}
    assert said == expected(), done.stdout


@pytest.mark.slow
def test_pyright_accepts_right_use_and_refuses_misuse(use):
    settings = {"typeCheckingMode": "standard", "include": [use.name], "extraPaths": [str(SOURCE)]}
    settings["reportReturnType"] = False
    use.with_name("pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(use.parent), "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    said = {one["range"]["start"]["line"] + 1 for one in found if one["severity"] == "error"}
    assert said == expected(), done.stdout
