"""Where the names come from that an example takes for granted."""

from __future__ import annotations

import sys
import types

import pytest

from snakebridge_guest.examples._names import Origins


@pytest.fixture
def library(monkeypatch):
    """A library whose part means the library itself by a private module, as that of polars does."""
    root, part, private = (types.ModuleType(name) for name in ("lib_named", "lib_named.part", "lib_named._itself"))
    part.__dict__.update(ln=private, hidden=private, limit=3, root=root)
    for module in (root, part, private):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return part


def test_private_module_under_the_usual_name_of_the_library_is_the_library(library):
    origins = Origins([], ["lib_named", "lib_named.part"], {"ln": "lib_named"})
    assert origins.of(["ln", "hidden", "limit", "root"], library.__name__) == {
        "hidden": {"private": "lib_named._itself"},
        "limit": {"literal": "3"},
        "ln": {"module": "lib_named"},
        "root": {"module": "lib_named"},
    }
