"""What names in types stand for, what classes are, and what is read: stub text in, facts out."""

from __future__ import annotations

import pytest
from source_trees import sources

from snakebridge.manifest import Flag, Tier

STUB = """
import sys
from collections import namedtuple
from typing import Any, Generic, Literal, NamedTuple, NewType, Protocol, Tuple, TypedDict, Union
from typing_extensions import ParamSpec, TypeAlias, TypeAliasType, TypeVar, TypeVarTuple, deprecated, final

T = TypeVar("T")
K_co = TypeVar("K_co", bound="Base[Any]", covariant=True)
In_contra = TypeVar("In_contra", contravariant=True)
S = TypeVar("S", int, str, default=int)
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")

_Path: TypeAlias = "str | _Named"
_Pair = Tuple[T, S]
_Old = Union[int, None]
_More: TypeAlias = Literal["a"]
_Mode: TypeAlias = Literal[_More, "b"]
Third = TypeAliasType("Third", dict[S, T], type_params=(T, S))
UserId = NewType("UserId", int)
Nothing: int
Made = namedtuple("Made", "a b")

class Base(Generic[T]): ...
class _Private(Base[int]): ...
@final
@deprecated("Old.")
class Both(Base[T], dict[S, T]):
    \"\"\"Said here.\"\"\"
class _Named(Protocol[K_co]):
    def name(self) -> K_co: ...
class _Keys(TypedDict, total=False):
    a: int
class _Row(NamedTuple):
    a: int
if sys.version_info >= (3, 10):
    class Newer: ...
"""


def told(definition):
    return {
        name: getattr(value, "value", value)
        for name, value in definition.model_dump(exclude_defaults=True).items()
        if name != "path"
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("T", {"kind": "variable"}, id="TypeVar"),
        pytest.param("K_co", {"kind": "variable", "bound": "lib:Base[Any]", "variance": "covariant"}, id="bound"),
        pytest.param("In_contra", {"kind": "variable", "variance": "contravariant"}, id="contravariant"),
        pytest.param("S", {"kind": "variable", "constraints": ("int", "str"), "default": "int"}, id="constraints"),
        pytest.param("P", {"kind": "parameters"}, id="ParamSpec"),
        pytest.param("P.args", {"kind": "parameters"}, id="a half of a ParamSpec stands for the whole"),
        pytest.param("Ts", {"kind": "variables"}, id="TypeVarTuple"),
        pytest.param("_Path", {"kind": "alias", "type": "str | lib:_Named"}, id="marked alias"),
        pytest.param(
            "_Pair", {"kind": "alias", "type": "tuple[lib:T, lib:S]", "parameters": ("lib:T", "lib:S")}, id="generic"
        ),
        pytest.param("_Old", {"kind": "alias", "type": "int | None"}, id="alias without a mark"),
        pytest.param("_Mode", {"kind": "alias", "type": "typing:Literal['b'] | lib:_More"}, id="literals of another"),
        pytest.param(
            "Third",
            {"kind": "alias", "type": "dict[lib:S, lib:T]", "parameters": ("lib:T", "lib:S")},
            id="alias made by a call, parameters in the order it says",
        ),
        pytest.param("UserId", {"kind": "new_type", "type": "int"}, id="NewType"),
        pytest.param("_Private", {"kind": "class", "bases": ("lib:Base[int]",)}, id="class"),
        pytest.param(
            "Both",
            {
                "kind": "class",
                "bases": ("lib:Base[lib:T]", "dict[lib:S, lib:T]"),
                "parameters": ("lib:T", "lib:S"),
            },
            id="generic class without Generic",
        ),
        pytest.param("_Named", {"kind": "protocol", "parameters": ("lib:K_co",)}, id="protocol"),
        pytest.param("_Keys", {"kind": "class", "bases": ("typing:TypedDict",)}, id="typed dictionary"),
        pytest.param("_Row", {"kind": "class", "bases": ("typing:NamedTuple",)}, id="class of a named tuple"),
        pytest.param("Made", {"kind": "class", "bases": ("tuple[Any, ...]",)}, id="named tuple"),
    ],
)
def test_definition(tmp_path, name, expected):
    (found,) = sources(tmp_path, {"lib.pyi": STUB}).definitions([f"lib:{name}"])
    assert told(found) == expected
    assert found.path == f"lib:{name.partition('.')[0]}"


@pytest.mark.parametrize("address", ["lib:Nothing", "lib:missing", "nowhere:X", "typing:Any", "os:PathLike"])
def test_what_needs_no_definition_or_has_none(tmp_path, address):
    assert sources(tmp_path, {"lib.pyi": STUB}).definitions([address]) == []


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("_typeshed:StrPath", "alias"),
        ("_typeshed:SupportsRead", "protocol"),
        ("typing:AnyStr", "variable"),
        ("subprocess:_CMD", "alias"),
        ("builtins:_T_co", "variable"),
    ],
)
def test_names_that_only_typeshed_knows_are_defined(tmp_path, address, kind):
    (found,) = sources(tmp_path, {}).definitions([address])
    assert found.kind == kind


def test_what_a_class_is(tmp_path):
    found = sources(tmp_path, {"lib.pyi": STUB})
    both = found.declared("lib:Both")
    assert (both.bases, both.parameters) == (("lib:Base[lib:T]", "dict[lib:S, lib:T]"), ("lib:T", "lib:S"))
    assert (both.flags, both.deprecated, both.doc) == ((Flag.DEPRECATED, Flag.FINAL), "Old.", "Said here.")
    assert (both.tier, both.is_protocol, both.condition) == (Tier.STUB, False, None)
    assert found.declared("lib:_Named").is_protocol
    assert found.declared("lib:Newer").condition == "sys.version_info >= (3, 10)"
    assert found.declared("lib:T") is None
    assert found.declared("lib:missing") is None


VALUES = """
from functools import cached_property
from typing import Any, ClassVar, Final, Generic, TypeVar
from typing_extensions import Self, TypeAlias
from _typeshed import Incomplete

T = TypeVar("T")
D = TypeVar("D")

number: int
table: dict[str, list[int]]
fixed: Final = 3
fixed_too: Final[str]
unknown: Incomplete
Alias: TypeAlias = int
written = "text"
same = number
def function() -> int: ...

class Box(Generic[T]):
    shared: ClassVar[int]
    item: T
    lazy: cached_property[list[T]]
    @property
    def read(self) -> T: ...
    @property
    def whole(self) -> Self: ...
    @whole.setter
    def whole(self, value: Self) -> None: ...
    @whole.deleter
    def whole(self) -> None: ...
    def method(self) -> int: ...
class Child(Box[str]): ...
class Grandchild(Child): ...
class Open(Box): ...
class Swapped(Box[list[D]], Generic[D]): ...
class Filled(Swapped[bytes]): ...
Short = Box[int]
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("number", "int", id="variable"),
        pytest.param("table", "dict[str, list[int]]", id="container"),
        pytest.param("fixed", "int", id="Final without a type"),
        pytest.param("fixed_too", "str", id="Final"),
        pytest.param("unknown", None, id="nobody knows yet"),
        pytest.param("Alias", None, id="alias"),
        pytest.param("written", "str", id="written out"),
        pytest.param("same", "int", id="another name"),
        pytest.param("function", None, id="function"),
        pytest.param("Box.shared", "int", id="class variable"),
        pytest.param("Box.item", "lib:T", id="generic"),
        pytest.param("Box.lazy", "list[lib:T]", id="cached property"),
        pytest.param("Box.method", None, id="method"),
        pytest.param("Child.item", "str", id="argument of the base"),
        pytest.param("Child.read", "str", id="property"),
        pytest.param("Grandchild.read", "str", id="two steps"),
        pytest.param("Open.read", "Any", id="no argument"),
        pytest.param("Swapped.read", "list[lib:D]", id="another parameter"),
        pytest.param("Filled.read", "list[bytes]", id="argument of an argument"),
        pytest.param("Short.read", "int", id="alias with an argument"),
        pytest.param("Child.whole", "typing:Self", id="Self"),
        pytest.param("missing", None, id="nothing"),
    ],
)
def test_what_reading_gives(tmp_path, name, expected):
    found = sources(tmp_path, {"lib.pyi": VALUES}).value([f"lib:{name}"])
    assert (found.type if found else None) == expected


@pytest.mark.parametrize(
    ("name", "is_settable", "is_deletable"),
    [("number", True, False), ("fixed", False, False), ("Box.read", False, False), ("Box.whole", True, True)],
)
def test_what_may_be_assigned(tmp_path, name, is_settable, is_deletable):
    found = sources(tmp_path, {"lib.pyi": VALUES}).value([f"lib:{name}"])
    assert (found.is_settable, found.is_deletable) == (is_settable, is_deletable)


DIAMOND = """
class Root:
    def who(self) -> None: ...
class Left(Root): ...
class Right(Root):
    def who(self) -> int: ...
class Bottom(Left, Right): ...
class Loop(Loop): ...
class Impossible(Root, Left):
    def who(self) -> str: ...
"""


@pytest.mark.parametrize(
    ("name", "expected"), [("Bottom", "int"), ("Left", "None"), ("Loop", None), ("Impossible", "str")]
)
def test_bases_are_asked_in_the_order_of_python(tmp_path, name, expected):
    found = sources(tmp_path, {"lib.pyi": DIAMOND}).callable([f"lib:{name}.who"])
    assert (found.signatures[0].returns if found else None) == expected


def test_defaults_of_type_parameters_fill_what_is_not_given(tmp_path):
    stub = """
    from typing import Generic
    from typing_extensions import TypeVar
    A = TypeVar("A")
    B = TypeVar("B", default=list[A])
    class Box(Generic[A, B]):
        def get(self, a: A) -> B: ...
    class One(Box[int]): ...
    class None_(Box): ...
    """
    found = sources(tmp_path, {"lib.pyi": stub})
    assert found.callable(["lib:One.get"]).signatures[0].returns == "list[int]"
    assert found.callable(["lib:None_.get"]).signatures[0].returns == "list[Any]"
