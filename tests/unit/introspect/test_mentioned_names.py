"""Names that `__all__` forgets and the library's own docstrings spell out."""

from __future__ import annotations

import pytest
from interpreters import interpreter
from zoo import make_target

from snakebridge.introspect import Options, introspect
from snakebridge.introspect._mentioned import mentioned
from snakebridge.introspect._observations import Entry, ModuleFact
from snakebridge.manifest import Selection, Surface

INIT = '''
"""A library; see `mentions.api.told` and :func:`~mentions.api.Told`, but not amentions.api.other."""

from mentions import api, core

__all__ = ["api", "core"]
'''
API = '''
from mentions.core import imported, meant, other, told, Told, _hidden

__all__ = ["meant"]

def kept():
    """Not even `mentions.api._hidden`."""
'''
CORE = '''
def meant():
    """Mean it.

    >>> from mentions.api import imported, missing
    >>> import mentions.api as ma
    """

def told(): "Tell."
def imported(): "Import."
def other(): "Other."
def _hidden(): "Hide."
class Told:
    def method(self):
        """Call ma.kept() first."""
'''


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mentions") / "target"
    made = make_target(interpreter("3.11"), folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "mentions").mkdir()
    for name, text in {"__init__": INIT, "api": API, "core": CORE}.items():
        (packages / "mentions" / f"{name}.py").write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("surface", "names"),
    [
        (Surface.PUBLIC, {"meant", "told", "Told", "imported", "kept"}),
        (Surface.EXPORTS, {"meant"}),
    ],
    ids=["public", "exports"],
)
def test_names_that_docstrings_spell_out_are_public(python, surface, names):
    manifest = introspect("mentions", python, options=Options(selection=Selection(surface=surface)))
    (api,) = (one for one in manifest.modules if one.name == "mentions.api")
    assert set(api.exports) == names


def test_what_is_defined_elsewhere_gets_the_mentioned_name_too(python):
    symbols = {one.path: one for one in introspect("mentions", python).symbols}
    assert symbols["mentions.core:Told"].aliases == ("mentions.api:Told",)
    assert symbols["mentions.core:other"].aliases == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("See lib.a.f.", {"lib", "lib.a", "lib.a.f"}),
        ("import lib.a as la; la.f(x)", {"lib", "lib.a", "lib.a.f"}),
        ("from lib.a import f as g, h", {"lib", "lib.a", "lib.a.f", "lib.a.h"}),
        ("my.lib.a, libs.a, la.f", set()),
    ],
    ids=["dotted", "by a short name", "imported", "others"],
)
def test_docstring_mentions(text, names):
    facts = [ModuleFact(module="lib", members={"C": Entry(kind="class", members={"m": Entry(doc=text)})})]
    assert mentioned("lib", facts) == names
