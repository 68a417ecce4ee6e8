"""One fixture runs every test of the runtime over every link."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import snakebridge as sb

LINKS = ("lane", "grpc")


def base_python() -> Path:
    """Return the interpreter under the test environment's own: a target that has nothing of ours installed."""
    return Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="session")
def target() -> Path:
    return base_python()


@pytest.fixture(scope="module", params=LINKS)
def link(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def client(link, target):
    with sb.connect(python=target, link=link, timeout=60) as connected:
        yield connected


@pytest.fixture
def fresh(link, target):
    """A client of the test's own, for tests that break it."""
    with sb.connect(python=target, link=link, timeout=60) as connected:
        yield connected
