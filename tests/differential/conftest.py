"""One client for each combination of link, profile and guest, and what the cases give there without the bridge."""

from __future__ import annotations

import functools
import json
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from interpreters import interpreter
from zoo import LIBRARIES, make_target

import snakebridge as sb
from differential.cases import CASES, LIBRARY
from differential.combinations import Combination
from differential.outcomes import outcome

ALONE = Path(__file__).parent / "alone.py"
FORGET = f"import sys\nfor name in [name for name in sys.modules if name.split('.')[0] == {LIBRARY!r}]: del sys.modules[name]"


@pytest.fixture(scope="session")
def target(tmp_path_factory):
    """Return the interpreter of a venv of a version that can import the library of the suite."""
    return functools.cache(
        lambda version: make_target(interpreter(version), tmp_path_factory.mktemp(f"py{version}") / "venv")
    )


@pytest.fixture(scope="session")
def expected(target, tmp_path_factory):
    """Return what every case gives in an interpreter of a version, with no bridge at all."""

    @functools.cache
    def run(version: str):
        output = tmp_path_factory.mktemp(f"alone{version}") / "outcomes.json"
        subprocess.run([target(version), "-I", ALONE, LIBRARIES, output], check=True, timeout=120)
        return json.loads(output.read_text(encoding="utf-8"))

    return run


@pytest.fixture(scope="session")
def bridged(target):
    """Return a function that runs a case through the bridge; clients are made when they are first needed."""
    with ExitStack() as stack:

        @functools.cache
        def client(combination: Combination) -> sb.Client:
            options = {"link": combination.link, "profile": combination.profile}
            return stack.enter_context(sb.connect(python=target(combination.guest), timeout=20, **options))

        def run(name: str, combination: Combination) -> object:
            connected = client(combination)
            try:
                return outcome(CASES[name].body, connected.module)
            finally:
                if CASES[name].alters:
                    connected.call("builtins:exec", FORGET)

        yield run
