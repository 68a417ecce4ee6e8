"""Sources in a syntax that may be newer than this Python's, parsed by a target that knows it."""

from __future__ import annotations

import pytest
from interpreters import interpreter
from source_trees import sources
from zoo.spelled import signature

from snakebridge.introspect._outlines import outlines

NEWER = '''
from collections.abc import Callable
from typing import overload

type Pair[A] = tuple[A, A]
type Tree = dict[str, Tree] | int
type Handler[**P] = Callable[P, None]
NAMES = [f"{"nested" + "quotes"}"]
__all__ = ["Stack", "first"]
__all__ += ["Pair"]

class Stack[T: (int, str)]:
    items: list[T]
    def push(self, item: T) -> "Stack[T]":
        """Dropped in a source, kept in a stub."""
        return f"{"x"}"
    def convert[U: Pair[int]](self, how: Callable[[T], U]) -> U: ...
class Texts(Stack[str]): ...
def first[T, *Ts](value: T, *rest: *Ts) -> T: ...
@overload
def kept(x: int) -> int: ...
@overload
def kept(x: str) -> str: ...
async def later[**P](f: Callable[P, int], *args: P.args, **kwargs: P.kwargs) -> int: ...
try:
    import json as fast
except* ImportError:
    import pickle as fast
'''


@pytest.fixture(scope="module", params=["3.12", "3.13"])
def newer(request, tmp_path_factory):
    """Return what a stub and a source in the newer syntax say, and how often the target was asked."""
    calls = []
    rewrite = outlines(interpreter(request.param))

    def outline(paths):
        calls.append(len(paths))
        return rewrite(paths)

    files = {
        "lib/__init__.pyi": NEWER,
        "lib/source.py": NEWER,
        "lib/other.py": "class Other[T]: ...",
        "lib/user.py": "from lib.source import Pair\nfrom lib.other import Other",
        "lib/broken.py": "class Broken[T:",
    }
    return sources(tmp_path_factory.mktemp("newer"), files, outline=outline), calls


def test_files_are_asked_for_together(newer):
    found, calls = newer
    assert found.resolve("lib.user", "Other") == "lib.other:Other"
    assert found.resolve("lib.source", "Stack") == "lib.source:Stack"
    assert found.resolve("lib.broken", "Broken") is None
    assert "lib.broken" in found.unreadable
    assert len(calls) <= 1 + ("lib.broken" in found.unreadable)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Stack.push", ["(item: lib:Stack.T) -> lib:Stack[lib:Stack.T]"], id="parameter of the class"),
        pytest.param(
            "Stack.convert",
            ["(how: typing:Callable[[lib:Stack.T], lib:Stack.convert.U]) -> lib:Stack.convert.U"],
            id="parameter of the method",
        ),
        pytest.param("Texts.push", ["(item: str) -> lib:Stack[str]"], id="given by a class below"),
        pytest.param(
            "first", ["(value: lib:first.T, *rest: typing:Unpack[lib:first.Ts]) -> lib:first.T"], id="TypeVarTuple"
        ),
        pytest.param("kept", ["(x: int) -> int", "(x: str) -> str"], id="overloads"),
        pytest.param(
            "later",
            ["(f: typing:Callable[lib:later.P, int], *args: lib:later.P.args, **kwargs: lib:later.P.kwargs) -> int"],
            id="ParamSpec",
        ),
    ],
)
def test_signatures(newer, name, expected):
    found = newer[0].callable([f"lib:{name}"])
    assert [signature(one).replace(" @stub", "") for one in found.signatures] == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("lib:Pair", {"kind": "alias", "type": "tuple[lib:Pair.A, lib:Pair.A]", "parameters": ("lib:Pair.A",)}),
        ("lib:Tree", {"kind": "alias", "type": "dict[str, lib:Tree] | int"}),
        (
            "lib:Handler",
            {"kind": "alias", "type": "typing:Callable[lib:Handler.P, None]", "parameters": ("lib:Handler.P",)},
        ),
        ("lib:Pair.A", {"kind": "variable", "variance": "inferred"}),
        ("lib:Handler.P", {"kind": "parameters", "variance": "inferred"}),
        ("lib:Stack.T", {"kind": "variable", "constraints": ("int", "str"), "variance": "inferred"}),
        ("lib:Stack.convert.U", {"kind": "variable", "bound": "lib:Pair[int]", "variance": "inferred"}),
        ("lib:first.Ts", {"kind": "variables", "variance": "inferred"}),
        ("lib.source:Pair", {"kind": "alias", "type": "tuple[lib.source:Pair.A, lib.source:Pair.A]"}),
    ],
)
def test_definitions(newer, address, expected):
    (found,) = newer[0].definitions([address])
    told = {name: getattr(value, "value", value) for name, value in found.model_dump(exclude_defaults=True).items()}
    assert {name: told.get(name) for name in expected} == expected


def test_the_docstring_of_a_stub_and_the_rest_of_the_module_stay(newer):
    found = newer[0]
    assert found.callable(["lib:Stack.push"]).doc == "Dropped in a source, kept in a stub."
    assert found.value(["lib:Stack.items"]).type == "list[lib:Stack.T]"
    assert found.value(["lib:Texts.items"]).type == "list[str]"
    assert found.resolve("lib.source", "fast.JSONDecoder") == "json:JSONDecoder"
    assert found.declared("lib:Stack").parameters == ("lib:Stack.T",)


def test_defaults_of_type_parameters_are_kept(tmp_path):
    stub = "class Box[T = int, *Ts = *tuple[str, int]]: ...\ndef f[**P = [int]](x: Box) -> None: ..."
    found = sources(tmp_path, {"lib.pyi": stub}, outline=outlines(interpreter("3.13")))
    defaults = [found.definitions([f"lib:{name}"])[0].default for name in ("Box.T", "Box.Ts", "f.P")]
    assert defaults == ["int", "tuple[str, int]", "[int]"]


def test_a_target_that_is_too_old_or_missing_costs_the_file(tmp_path):
    files = {"lib.py": "class Old[T]: ...", "missing.py": "from lib import Old"}
    for place, python in enumerate([interpreter("3.8"), tmp_path / "no-python"]):
        found = sources(tmp_path / str(place), files, outline=outlines(python))
        assert found.resolve("missing", "Old") == "lib:Old"
        assert found.resolve("lib", "Old") in {None, "lib:Old"}
