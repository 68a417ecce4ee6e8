"""Hooks beside a generated adapter: they run over there, convert both ways, and generating again leaves them alone."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from interpreters import interpreter

HOOKS = """
import os
from collections import Counter
from fractions import Fraction

from snakebridge_guest.adapter import Adapter, current


class Hooks(Adapter):
    def setup(self):
        os.environ["SET_UP"] = "1"

    def warm_up(self):
        import collections

        collections.warmed = os.environ["SET_UP"]

    def to_host(self):
        return {Counter: lambda counter: sorted(counter.items())}

    def from_host(self):
        return {Fraction: lambda number: [number.numerator] * number.denominator}

    def teardown(self):
        print("torn down")
"""
OVERRIDES = {
    "collections": """
library = "collections"
symbols."collections:deque.copy" = { by = "reference" }
symbols."collections:deque.index" = { by = "reference" }
symbols."collections:ChainMap.__getitem__" = { by = "reference" }
symbols."collections:Counter.fromkeys" = { by = "value" }
""",
    "heapq": """
library = "heapq"
symbols."heapq:nsmallest" = { by = "reference" }
""",
}
PROGRAM = """
import logging, sys
from fractions import Fraction
import snakebridge as sb
from o import collections, heapq

logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")
# What the hooks say of results, and of arguments, by class.
assert collections.Counter("abca")["a"] == 2  # made here, so it is the object that was asked for
assert (collections.Counter("ab") + collections.Counter("a")) == [("a", 2), ("b", 1)]
assert list(collections.deque(Fraction(3, 2))) == [3, 3]
assert heapq.nsmallest(1, [Fraction(3, 2)]) == [Fraction(3, 2)]  # hooks of one library are not another's
# What the overrides say of functions and methods.
smallest = heapq.nsmallest(2, [3, 1, 2])
assert isinstance(smallest, object) and type(smallest) is not list and list(smallest) == [1, 2]
assert sb.value(smallest) == [1, 2]
assert type(collections.deque([1]).index(1)) is not int and sb.value(collections.deque([1, 2]).index(2)) == 1
chained = collections.ChainMap({"inner": {}})
chained["inner"]["changed"] = 1
assert dict(chained["inner"]) == {"changed": 1}
assert type(collections.deque([1]).copy()) is collections.deque
print("ran")
"""


def generate(folder, python):
    done = subprocess.run(
        [sys.executable, "-m", "snakebridge", "generate", "collections", "heapq", "--python", str(python)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def run(folder, program):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(params=["3.8", "3.13"])
def target(request):
    return interpreter(request.param)


@pytest.fixture
def generated(tmp_path, target):
    settings = 'output = "o"\nmanifests = "m"\n'
    for name, text in OVERRIDES.items():
        (tmp_path / f"{name}.toml").write_text(text)
        settings += f'libraries.{name} = {{ overrides = ["{name}.toml"] }}\n'
    (tmp_path / "snakebridge.toml").write_text(settings)
    generate(tmp_path, target)
    return tmp_path


def test_hooks_run_over_there_and_are_kept(generated, target):
    hooks = generated / "o" / "collections" / "_adapter_hooks.py"
    hooks.write_text(HOOKS)
    generate(generated, target)
    assert hooks.read_text() == HOOKS
    checked = subprocess.run(
        [sys.executable, "-m", "snakebridge", "check"], cwd=generated, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    done = run(generated, PROGRAM)
    assert done.returncode == 0, done.stderr
    assert "ran\n" in done.stdout
    assert "torn down" in done.stdout


def test_hooks_that_fail_are_told_and_nothing_runs(generated):
    (generated / "o" / "collections" / "_adapter_hooks.py").write_text(HOOKS.replace('["SET_UP"] = "1"', '["SET_UP"]'))
    program = """
        from o import collections
        try:
            collections.Counter("a")
        except KeyError as error:
            assert "SET_UP" in str(error) and "_adapter_hooks.py" in error.remote_traceback, error.remote_traceback
        else:
            raise AssertionError
        print("told")
    """
    done = run(generated, program)
    assert (done.stdout, done.stderr) == ("told\n", "")


STYLES = """
import asyncio
from functools import partial
import snakebridge as sb
from o import collections, heapq

assert sb.submit(heapq.nlargest, 1, [1, 2]).result(30) == [2]
assert sb.submit(collections.Counter("aab").most_common, 1).result(30) == [("a", 2)]
counter = sb.submit(collections.Counter, "aab").result(30)
assert isinstance(counter, collections.Counter) and counter["a"] == 2
assert list(sb.map(partial(heapq.nlargest, 1), [[1, 2], [3, 4]])) == [[2], [4]]
assert [type(each) for each in sb.map(collections.Counter, ["a", "b"])] == [collections.Counter] * 2
joined = sb.pipeline(heapq.nlargest, collections.Counter, collections.Counter)
made = joined(2, "abc")
assert type(made) is collections.Counter and dict(made) == {"b": 1, "c": 1}
assert type(sb.pipeline(collections.Counter, collections.Counter)("ab")) is collections.Counter
assert asyncio.run(sb.aio(joined)(1, "ab"))["b"] == 1
with sb.connect(python=PYTHON, timeout=60) as client:
    mine = sb.options(pool=client)(collections.Counter)("ab")
    assert mine._snakebridge.worker.pool is client.pool
    assert sb.options(pool=client)(joined)(1, "ab")._snakebridge.worker.pool is client.pool
    assert next(sb.map(sb.options(pool=client)(collections.Counter), ["a"]))._snakebridge.worker.pool is client.pool
    session = client.session()
    kept = sb.options(session=session)(collections.Counter)("ab")
    assert kept._snakebridge.worker.pool is client.pool
    session.close()
    try:
        kept["a"]
    except sb.StaleReferenceError:
        print("ran")
"""


def test_styles_work_with_generated_functions_and_classes(generated, target):
    done = run(generated, STYLES.replace("PYTHON", repr(str(target))))
    assert (done.stdout, done.stderr) == ("ran\n", "")
