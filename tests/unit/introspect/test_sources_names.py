"""What a name in a source means: source text in, canonical address out."""

from __future__ import annotations

import pytest
from source_trees import sources

from snakebridge.manifest import types

PACKAGE = {
    "lib/__init__.py": "from lib._core import *\nfrom lib import _core as core\n__all__ = ['Public', '_shown']\n",
    "lib/_core.py": """
        __all__ = ["Public"] + ["_shown"]
        __all__ += ("Late",)
        __all__.extend(["Later"])
        class Public:
            class Inner: ...
            def method(self): ...
        class _shown: ...
        class Late: ...
        class Later: ...
        class NotShown: ...
        Same = Public
        """,
    "lib/open.py": "from lib._core import *\nimport lib._core\n__all__ = lib._core.__all__ + ['extra']\nclass extra: ...",
    "lib/circle.py": "from lib.circle2 import *\nclass A: ...",
    "lib/circle2.py": "from lib.circle import *\nfrom lib._core import Public\nclass B: ...",
    "lib/sub/__init__.py": "from .. import _core\nfrom . import deep\nfrom ..sub.deep import Deep as Renamed",
    "lib/sub/deep.py": "class Deep: ...",
    "space/part/mod.py": "class Here: ...",
    "lib/user.py": """
        from __future__ import annotations
        import typing as t
        import os.path
        import lib._core as c
        import lib.sub.deep
        import space.part.mod
        import missing.thing as m
        from typing import TYPE_CHECKING
        from collections.abc import *
        if TYPE_CHECKING:
            from lib import Public
            from lib.sub import Renamed, deep
        else:
            Public = Renamed = None
        try:
            from missing import Fast
        except ImportError:
            from lib._core import Late as Fast
        try:
            from lib._core import Later as Slow
        except ImportError:
            from lib._core import Late as Slow
        Alias = c.Public
        def int(): ...
        class Owner:
            class Nested: ...
            Kind = Nested
            list = 3
            def set(self): ...
            dict: str
        """,
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Public", "lib._core:Public", id="under TYPE_CHECKING"),
        pytest.param("Renamed", "lib.sub.deep:Deep", id="renamed on the way"),
        pytest.param("deep.Deep", "lib.sub.deep:Deep", id="module from a package"),
        pytest.param("c.Public", "lib._core:Public", id="import as"),
        pytest.param("c.Public.Inner", "lib._core:Public.Inner", id="nested class"),
        pytest.param("c.Same", "lib._core:Public", id="alias over there"),
        pytest.param("Alias", "lib._core:Public", id="alias here"),
        pytest.param("lib.sub.deep.Deep", "lib.sub.deep:Deep", id="dotted import"),
        pytest.param("space.part.mod.Here", "space.part.mod:Here", id="namespace package"),
        pytest.param("t.Optional", "typing:Optional", id="typing"),
        pytest.param("os.PathLike", "os:PathLike", id="the standard library by its public name"),
        pytest.param("c", "lib._core", id="a module"),
        pytest.param("Mapping", "collections.abc:Mapping", id="star import"),
        pytest.param("m.Thing", "missing.thing:Thing", id="a library that is not there"),
        pytest.param("Slow", "lib._core:Later", id="first of two that are there"),
        pytest.param("Fast", "lib._core:Late", id="second, because the first is not there"),
        pytest.param("str", "builtins:str", id="built-in"),
        pytest.param("int", "lib.user:int", id="a name that hides a built-in"),
        pytest.param("Nowhere", None, id="nothing"),
    ],
)
def test_a_name_in_a_module(tmp_path, name, expected):
    assert sources(tmp_path, PACKAGE).resolve("lib.user", name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Nested", "lib.user:Owner.Nested", id="class of the class"),
        pytest.param("Kind", "lib.user:Owner.Kind", id="alias of the class"),
        pytest.param("list", "builtins:list", id="a number is no type"),
        pytest.param("set", "builtins:set", id="nor is a method"),
        pytest.param("dict", "builtins:dict", id="nor an attribute"),
        pytest.param("Public", "lib._core:Public", id="of the module around"),
    ],
)
def test_a_name_in_a_class(tmp_path, name, expected):
    assert sources(tmp_path, PACKAGE).resolve("lib.user", name, "Owner") == expected


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("lib", "Public", "lib._core:Public"),
        ("lib", "_shown", "lib._core:_shown"),
        ("lib", "Late", "lib._core:Late"),
        ("lib", "Later", "lib._core:Later"),
        ("lib", "NotShown", None),
        ("lib", "core.NotShown", "lib._core:NotShown"),
        ("lib.open", "Later", "lib._core:Later"),
        ("lib.circle", "B", "lib.circle2:B"),
        ("lib.circle", "Public", "lib._core:Public"),
        ("lib.circle2", "A", "lib.circle:A"),
        ("lib.sub", "_core.Public", "lib._core:Public"),
        ("lib.sub", "deep.Deep", "lib.sub.deep:Deep"),
    ],
)
def test_star_and_relative_imports(tmp_path, module, name, expected):
    assert sources(tmp_path, PACKAGE).resolve(module, name) == expected


def test_following_ends_at_what_the_world_knows(tmp_path):
    known = {"lib:Public": "lib:Public", "lib.sub:Renamed": "lib.sub:Renamed", "lib._core:Public.Inner": "lib:Inner"}
    found = sources(tmp_path, PACKAGE, known=known)
    assert found.resolve("lib.user", "Public") == "lib:Public"
    assert found.resolve("lib.user", "Renamed") == "lib.sub:Renamed"
    assert found.resolve("lib.user", "c.Public.Inner") == "lib:Inner"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("t.Optional[Public]", "lib._core:Public | None"),
        ("t.Union[int, 'str', None]", "lib.user:int | str | None"),
        ("t.List[t.Dict[str, t.Any]]", "list[dict[str, Any]]"),
        ("t.Annotated[str, 'why']", "str"),
        ("t.ClassVar[str]", "str"),
        ("t.Callable[[str], None] | None", "typing:Callable[[str], None] | None"),
        ("t.Callable[..., str]", "typing:Callable[..., str]"),
        ("t.Literal['a', 1, None, True]", "typing:Literal['a', 1, None, True]"),
        ("tuple[()]", "tuple[[]]"),
        ("tuple[str, ...]", "tuple[str, ...]"),
        ("Mapping[str, Nowhere]", "collections.abc:Mapping[str, ?'Nowhere']"),
        ("t.NoReturn", "typing:Never"),
        ("1 +", "?'1 +'"),
        ("f()", "?'f()'"),
        ("t.Type[Public]", "type[lib._core:Public]"),
    ],
)
def test_an_annotation(tmp_path, source, expected):
    read = sources(tmp_path, PACKAGE).expression("lib.user", source)
    assert str(read) == expected
    assert types.parse(str(read)) == read


def test_an_annotation_of_a_module_that_nobody_has_is_unknown(tmp_path):
    assert sources(tmp_path, {}).expression("nowhere", "int") == types.Unknown("int")


CONDITIONS = """
import sys
if sys.version_info >= (3, 9):
    def new(): ...
    if sys.platform != "win32":
        class C:
            if sys.version_info >= (3, 10):
                def newer(self): ...
else:
    def old(): ...
if sys.version_info < (3, 9) or sys.platform == "darwin":
    def rare(): ...
else:
    def usual(): ...
def always(): ...
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("new", "sys.version_info >= (3, 9)"),
        ("C", "sys.version_info >= (3, 9) and sys.platform != 'win32'"),
        (
            "C.newer",
            "sys.version_info >= (3, 9) and sys.platform != 'win32' and sys.version_info >= (3, 10)",
        ),
        ("usual", "sys.version_info >= (3, 9) and sys.platform != 'darwin'"),
        ("always", None),
        ("old", None),
    ],
)
@pytest.mark.parametrize("suffix", ["py", "pyi"])
def test_the_condition_under_which_something_stands(tmp_path, name, expected, suffix):
    assert sources(tmp_path, {f"lib.{suffix}": CONDITIONS}).condition(f"lib:{name}") == expected


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("sys.version_info[0] == 3", True),
        ("sys.version_info[:2] >= (3, 12)", False),
        ("sys.version_info.minor < 11", False),
        ("(3, 8) <= sys.version_info < (3, 11)", False),
        ("(3, 8) <= sys.version_info < (3, 12)", True),
        ("sys.platform in ('linux', 'darwin')", True),
        ("sys.platform.startswith('win')", False),
        ("sys.implementation.name == 'cpython'", True),
        ("not TYPE_CHECKING", False),
        ("typing.TYPE_CHECKING and unknown", None),
        ("unknown or sys.version_info >= (3, 11)", True),
        ("unknown and sys.version_info < (3, 11)", False),
        ("sys.version_info >= 'x'", None),
        ("HAS_IT", None),
    ],
)
def test_conditions_are_evaluated_for_the_target(tmp_path, test, holds):
    text = f"""
    if {test}:
        from lib.a import X
    else:
        from lib.b import X
    """
    files = {"lib/__init__.py": text, "lib/a.py": "class X: ...", "lib/b.py": "class X: ...", "lib/c.py": "import lib"}
    assert sources(tmp_path, files).resolve("lib.c", "lib.X") == ("lib.b:X" if holds is False else "lib.a:X")
