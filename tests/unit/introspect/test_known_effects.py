"""What the standard library changes in place is known, shown as such, and anybody's to overrule."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from snakebridge.introspect import Options, introspect
from snakebridge.manifest import Tier


def _effects(folder, library, overrides=""):
    file = folder / "overrides.toml"
    file.write_text(f'library = "{library}"\n{overrides}')
    manifest = introspect(library, Path(sys.executable), options=Options(overrides=(file,)))
    assert manifest.findings == ()
    return {symbol.path: symbol.effects for symbol in manifest.symbols}


@pytest.mark.parametrize(
    ("library", "path", "mutates"),
    [
        ("heapq", "heapq:heappush", ("heap",)),
        ("random", "random:shuffle", ("x",)),
        ("random", "random:Random.shuffle", ("x",)),
        ("bisect", "bisect:insort_right", ("a",)),
        ("struct", "struct:pack_into", ("buffer",)),
        ("struct", "struct:Struct.pack_into", ("buffer",)),
    ],
)
def test_function_is_marked_when_the_table_knows_it(tmp_path, library, path, mutates):
    effects = _effects(tmp_path, library)[path]
    assert effects.mutates == mutates
    assert effects.mutates_tier is Tier.BUILT_IN


def test_functions_are_not_marked_when_the_table_does_not_know_them(tmp_path):
    assert _effects(tmp_path, "heapq")["heapq:nlargest"] is None


def test_override_replaces_the_table_when_it_says_mutates(tmp_path):
    said = '[symbols."heapq:heappush"]\nmutates = []\n[symbols."heapq:heapify"]\nmutates = ["heap"]\n'
    effects = _effects(tmp_path, "heapq", said + '[symbols."heapq:heappop"]\ntimeout = 2\n')
    assert effects["heapq:heappush"] is None
    assert effects["heapq:heapify"].mutates_tier is Tier.OVERRIDE
    assert effects["heapq:heappop"].timeout == 2
    assert effects["heapq:heappop"].mutates_tier is Tier.BUILT_IN
