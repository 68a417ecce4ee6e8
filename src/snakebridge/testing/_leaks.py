# The leak check itself: one autouse fixture per scope, each comparing what is there before and after its scope.
#
# Guarantees: a baseline is taken after every fixture of a broader scope is set up (pytest sets up broad scopes first)
# and is compared after every fixture of its own scope is gone (autouse fixtures are set up first and torn down last).
# While a broader fixture of the user lives, what appears may be its own: a client of a module starts its workers at its
# first call, or replaces one. It is then passed on and judged when that scope ends, with the test in which it was first
# seen. Each thing left behind is reported once.

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import pytest

from snakebridge.testing._traces import MARK, Trace, left_since, snapshot

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__: list[str] = []

_Scope = Literal["function", "class", "module", "package", "session"]
_NARROW_TO_BROAD: tuple[_Scope, ...] = get_args(_Scope)
# pytest and its plug-ins hold what they hold for good reasons, and hold it before the first test.
_NO_OWNERS = ("_pytest", "pytest", "xdist", "snakebridge.testing")


@dataclass(slots=True)
class _State:
    living: dict[pytest.FixtureDef[object], str] = field(default_factory=dict)
    """Fixtures that outlive a test, with their scope."""
    first_seen: dict[Trace, str] = field(default_factory=dict)
    reported: Counter[Trace] = field(default_factory=Counter)
    outer_mark: str | None = None


_STATE = pytest.StashKey[_State]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_STATE] = _State(outer_mark=os.environ.get(MARK))
    os.environ[MARK] = f"{os.getpid()}-{time.monotonic_ns()}"


def pytest_unconfigure(config: pytest.Config) -> None:
    os.environ.pop(MARK, None)
    outer_mark = config.stash[_STATE].outer_mark
    if outer_mark is not None:
        os.environ[MARK] = outer_mark


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    # Also called for what a test asks for while it runs.
    if fixturedef.scope != "function" and not fixturedef.func.__module__.startswith(_NO_OWNERS):
        request.config.stash[_STATE].living[fixturedef] = fixturedef.scope
    return (yield)


def pytest_fixture_post_finalizer(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> None:
    request.config.stash[_STATE].living.pop(fixturedef, None)


@pytest.fixture(scope="session", autouse=True)
def _snakebridge_leaks_session(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from _around(request, "session")


@pytest.fixture(scope="module", autouse=True)
def _snakebridge_leaks_module(request: pytest.FixtureRequest, _snakebridge_leaks_session: None) -> Iterator[None]:
    yield from _around(request, "module")


@pytest.fixture(scope="class", autouse=True)
def _snakebridge_leaks_class(request: pytest.FixtureRequest, _snakebridge_leaks_module: None) -> Iterator[None]:
    yield from _around(request, "class")


@pytest.fixture(autouse=True)
def _snakebridge_leaks_function(request: pytest.FixtureRequest, _snakebridge_leaks_class: None) -> Iterator[None]:
    yield from _around(request, "function")


def _around(request: pytest.FixtureRequest, scope: _Scope) -> Iterator[None]:
    state = request.config.stash[_STATE]
    baseline = snapshot()
    yield
    where = getattr(request.node, "nodeid", "") or "the session"
    broader = _NARROW_TO_BROAD[_NARROW_TO_BROAD.index(scope) + 1 :]
    if any(owner in broader for owner in state.living.values()):
        for trace in snapshot() - baseline:
            state.first_seen.setdefault(trace, where)
        return
    left = left_since(baseline | state.reported)
    if left:
        state.reported |= left
        pytest.fail(_report(left, state.first_seen, where), pytrace=False)


def _report(left: Counter[Trace], first_seen: dict[Trace, str], where: str) -> str:
    lines = []
    for trace, count in sorted(left.items(), key=lambda item: str(item[0])):
        times = f" ({count} times)" if count > 1 else ""
        first = first_seen.get(trace, where)
        lines.append(f"  {trace}{times}" + (f", first seen after {first}" if first != where else ""))
    return f"{where} left behind:\n" + "\n".join(lines)
