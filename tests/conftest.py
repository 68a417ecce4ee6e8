"""What every test shares: a temporary folder per test process, so that parallel runs never see each other's traces."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

# In CI the same examples every time: what is new is for the person who can look at it.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

pytest_plugins = ["pytester"]

_TEMPORARY = pytest.StashKey[str]()


def pytest_configure(config):
    # tmp_path stays where it always is: pytest keeps the last three runs of it for reading after a failure.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    # Short, because the path of a Unix socket below it must fit into 107 bytes.
    config.stash[_TEMPORARY] = tempfile.mkdtemp(prefix="sb-", dir=os.environ["PYTEST_DEBUG_TEMPROOT"])
    os.environ["TMPDIR"] = tempfile.tempdir = config.stash[_TEMPORARY]
    os.environ["SNAKEBRIDGE_STATE"] = f"{config.stash[_TEMPORARY]}/state"


def pytest_unconfigure(config):
    shutil.rmtree(config.stash[_TEMPORARY], ignore_errors=True)
