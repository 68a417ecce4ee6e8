"""Clients that can import small libraries which do what no library should, and what must hold afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

import snakebridge as sb


@pytest.fixture
def libraries() -> str:
    return str(Path(__file__).parent / "libraries")


@pytest.fixture
def hostile(fresh, libraries):
    """A client whose worker finds the libraries."""
    fresh.call("sys:path.append", libraries)
    return fresh


@pytest.fixture
def on_lane(target, libraries):
    """The same on the lane alone, where the link changes nothing."""
    with sb.connect(python=target, timeout=60) as connected:
        connected.call("sys:path.append", libraries)
        yield connected


@pytest.fixture
def sound():
    """Assert that the same worker still does all that a worker does."""

    def check(client, pid):
        assert client.call("os:getpid") == pid
        assert client.call("functools:reduce", lambda left, right: left + right, [1, 2, 3]) == 6
        assert list(client.call("builtins:iter", [1, 2])) == [1, 2]
        with pytest.raises(ZeroDivisionError):
            client.call("operator:truediv", 1, 0)
        with pytest.raises(sb.CallTimeoutError):
            sb.options(timeout=0.2)(client.call)("time:sleep", 60)
        assert client.call("os:getpid") == pid

    return check


@pytest.fixture
def healed():
    """Assert that another worker serves what comes next."""

    def check(client, pid):
        assert client.call("os:getpid") != pid

    return check
