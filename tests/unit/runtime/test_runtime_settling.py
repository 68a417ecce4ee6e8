"""A reply that comes after its deadline is read although nobody waits for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import snakebridge as sb
from snakebridge import environments
from snakebridge.runtime import Pool, RemoteObject, scope

# Keeps on in spite of being interrupted, as a library with a bare `except:` does, and returns what it never returned before.
STUBBORN = """
import builtins, time
class Kind: pass
def stubborn():
    try:
        time.sleep(30)
    except BaseException:
        return Kind()
builtins.Kind, builtins.stubborn = Kind, stubborn
"""


@pytest.fixture
def pool():
    python = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info[:2])
    started = Pool(environments.describe(python), dynamic=True, timeout=60)
    yield started
    started.close()


def test_late_reply_still_describes_its_type_and_is_released(pool):
    pool.call("builtins:exec", (STUBBORN, {}), None)
    references = pool.workers[0].connect().health()["references"]
    with pytest.raises(sb.CallTimeoutError), scope(timeout=0.2):
        pool.call("builtins:stubborn", (), None)
    made = pool.call("builtins:Kind", (), None)
    assert "Kind object" in repr(made)
    del made
    pool.call("math:sqrt", (4,), None)  # carries the releases
    assert pool.workers[0].connect().health()["references"] == references


def test_late_reply_of_a_constructor_still_describes_its_type_and_is_released(pool):
    pool.call("builtins:exec", (STUBBORN, {}), None)
    references = pool.workers[0].connect().health()["references"]
    with pytest.raises(sb.CallTimeoutError), scope(timeout=0.2):
        pool.construct(RemoteObject(), "builtins:stubborn", (), None, library=None)
    made = pool.call("builtins:Kind", (), None)
    assert "Kind object" in repr(made)
    del made
    pool.call("math:sqrt", (4,), None)  # carries the releases
    assert pool.workers[0].connect().health()["references"] == references
