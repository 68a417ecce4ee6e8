"""How something is called, as stubs state it: source text in, signatures out."""

from __future__ import annotations

import pytest
from source_trees import sources
from zoo.spelled import signature

from snakebridge.manifest import Binding, Flag, Tier

UNTOLD = "<types:EllipsisType>"


def called(tmp_path, text, name="f", **target):
    found = sources(tmp_path, {"lib.pyi": text}, **target).callable([f"lib:{name}"])
    return [signature(one).replace(" @stub", "") for one in found.signatures] if found else None


@pytest.mark.parametrize(
    ("stub", "expected"),
    [
        pytest.param("def f(x: int, y: str = 'a') -> bool: ...", "(x: int, y: str = 'a') -> bool", id="plain"),
        pytest.param("def f(x, /, y, *, z=1): ...", "(x, /, y, *, z = 1)", id="five kinds of parameters, untyped"),
        pytest.param(
            "def f(*args: int, **kwargs: str) -> None: ...", "(*args: int, **kwargs: str) -> None", id="variadic"
        ),
        pytest.param("def f(__x: int, y: int) -> None: ...", "(x: int, /, y: int) -> None", id="before PEP 570"),
        pytest.param("def f(x: int = ..., y: int = FOO): ...", f"(x: int = {UNTOLD}, y: int = {UNTOLD})", id="default"),
        pytest.param("def f(x: float = 1e400): ...", f"(x: float = {UNTOLD})", id="default without a literal"),
        pytest.param("async def f() -> int: ...", "() -> int", id="coroutine"),
        pytest.param("def f(x: 'list[int]') -> 'int | None': ...", "(x: list[int]) -> int | None", id="strings"),
        pytest.param(
            "from _typeshed import Incomplete\ndef f(x: Incomplete) -> Incomplete: ...", "(x)", id="nobody knows yet"
        ),
        pytest.param(
            "from typing import Optional, Union\ndef f(x: Optional[Union[int, str]]) -> None: ...",
            "(x: int | str | None) -> None",
            id="unions",
        ),
        pytest.param(
            "def f(x: int) -> int: ...\ng = f\nf2 = g", "(x: int) -> int", id="a function that has other names too"
        ),
    ],
)
def test_signature(tmp_path, stub, expected):
    assert called(tmp_path, stub) == [expected]


@pytest.mark.parametrize(
    ("stub", "expected"),
    [
        pytest.param("def g(x: int) -> int: ...\nf = g", ["(x: int) -> int"], id="assignment"),
        pytest.param("def g(x: int) -> int: ...\nh = g\nf = h", ["(x: int) -> int"], id="two assignments"),
        pytest.param("from os.path import join as f", None, id="import of overloads"),
        pytest.param(
            "from typing import Callable\nf: Callable[[int, str], bool]",
            ["(arg0: int, arg1: str, /) -> bool"],
            id="variable of a callable type",
        ),
        pytest.param(
            "class C:\n    def __call__(self, x: int) -> str: ...\nf: C",
            ["(x: int) -> str"],
            id="instance with __call__",
        ),
        pytest.param(
            """
            from typing import Final, Generic, TypeVar
            T = TypeVar("T")
            class C(Generic[T]):
                def __call__(self, x: T) -> list[T]: ...
            f: Final[C[int]]
            """,
            ["(x: int) -> list[int]"],
            id="instance of a generic class",
        ),
        pytest.param(
            """
            from typing import Callable, Generic, ParamSpec, TypeVar
            P = ParamSpec("P")
            R = TypeVar("R")
            class Wrapped(Generic[P, R]):
                def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...
            f: Wrapped[[int, str], bool]
            """,
            ["(arg0: int, arg1: str, /) -> bool"],
            id="parameters given to a ParamSpec",
        ),
        pytest.param("class f:\n    def __init__(self, x: int) -> None: ...", ["(x: int)"], id="class"),
        pytest.param("f = f", None, id="itself"),
        pytest.param("f = g\ng = f", None, id="a circle"),
        pytest.param("f: int", None, id="no callable"),
    ],
)
def test_what_stands_for_a_callable_is_followed(tmp_path, stub, expected):
    found = called(tmp_path, stub)
    assert found == expected if expected is not None or found is None else len(found) > 1


OVERLOADED = """
from typing import overload
from typing_extensions import deprecated
@overload
def f(x: int) -> int: ...
@overload
@deprecated("Give an int.")
def f(x: str, *, key: int = ...) -> str: ...
def f(x): ...
"""


def test_overloads_keep_their_order_and_their_deprecations(tmp_path):
    found = sources(tmp_path, {"lib.pyi": OVERLOADED}).callable(["lib:f"])
    assert [signature(one) for one in found.signatures] == [
        "(x: int @stub) -> int @stub",
        f"(x: str @stub, *, key: int @stub = {UNTOLD}) -> str @stub",
    ]
    assert [one.deprecated for one in found.signatures] == [None, "Give an int."]
    assert (found.flags, found.deprecated, found.tier) == ((), None, Tier.STUB)


CLASSES = """
from abc import abstractmethod
from typing import Callable, Generic, TypeVar, final, overload
from typing_extensions import Self, deprecated

T = TypeVar("T")
U = TypeVar("U", bound="Base")

def outside(self: "Base", x: int) -> int: ...

class Root(Generic[T]):
    def get(self, key: T) -> list[T]: ...
    def chain(self: U, other: U) -> U: ...
    @classmethod
    def make(cls: type[U]) -> U: ...

class Base(Root[int]):
    def plain(self, x: int) -> Self: ...
    @staticmethod
    def static(x: int) -> int: ...
    @classmethod
    def cls(cls, x: int) -> Self: ...
    @property
    def handler(self) -> Callable[[int], str]: ...
    @property
    def width(self) -> int: ...
    @final
    @abstractmethod
    @deprecated("Old.")
    def marked(self) -> None:
        \"\"\"Said here.\"\"\"
    taken = outside
    kept = staticmethod(outside)

class Child(Base):
    def plain(self, x: int, y: int) -> Self: ...
"""


@pytest.mark.parametrize(
    ("name", "expected", "binding"),
    [
        pytest.param("Base.plain", "(x: int) -> typing:Self", Binding.INSTANCE, id="method"),
        pytest.param("Base.static", "(x: int) -> int", Binding.STATIC, id="static method"),
        pytest.param("Base.cls", "(x: int) -> typing:Self", Binding.CLASS, id="class method"),
        pytest.param("Child.plain", "(x: int, y: int) -> typing:Self", Binding.INSTANCE, id="overridden"),
        pytest.param("Child.static", "(x: int) -> int", Binding.STATIC, id="inherited"),
        pytest.param("Root.get", "(key: lib:T) -> list[lib:T]", Binding.INSTANCE, id="generic"),
        pytest.param("Child.get", "(key: int) -> list[int]", Binding.INSTANCE, id="inherited, with its argument"),
        pytest.param(
            "Base.chain", "(other: typing:Self) -> typing:Self", Binding.INSTANCE, id="a variable for its own type"
        ),
        pytest.param("Base.make", "() -> typing:Self", Binding.CLASS, id="a variable for the class itself"),
        pytest.param("Base.taken", "(x: int) -> int", Binding.INSTANCE, id="a function taken as method"),
        pytest.param("Base.kept", "(self: lib:Base, x: int) -> int", Binding.STATIC, id="staticmethod(...)"),
        pytest.param("Base.handler", "(arg0: int, /) -> str", None, id="a property that gives a callable"),
    ],
)
def test_methods(tmp_path, name, expected, binding):
    found = sources(tmp_path, {"lib.pyi": CLASSES}).callable([f"lib:{name}"])
    assert [signature(one).replace(" @stub", "") for one in found.signatures] == [expected]
    assert found.binding is binding
    assert found.is_property == (binding is None)


def test_a_property_that_gives_no_callable_cannot_be_called(tmp_path):
    assert called(tmp_path, CLASSES, "Base.width") is None


def test_what_decorators_state(tmp_path):
    found = sources(tmp_path, {"lib.pyi": CLASSES}).callable(["lib:Base.marked"])
    assert found.flags == (Flag.ABSTRACT, Flag.DEPRECATED, Flag.FINAL)
    assert (found.deprecated, found.doc) == ("Old.", "Said here.")


def test_the_first_place_that_a_stub_knows_counts(tmp_path):
    found = sources(tmp_path, {"lib.pyi": "def f(x: int) -> int: ...", "other.py": "def f(): ..."})
    assert found.callable(["other:f", "lib:missing", "lib:f"]) == found.callable(["lib:f"])
    assert found.callable(["other:f"]) is None
    assert found.knows(["other:f", "lib:f"])
    assert not found.knows(["other:f"])


CONSTRUCTORS = """
import enum
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Any, ClassVar, Generic, NamedTuple, TypedDict, TypeVar, overload
from typing_extensions import NotRequired, Required

T = TypeVar("T")

class Plain(Generic[T]):
    def __init__(self, x: T, y: int = 0) -> None: ...
class Inherits(Plain[str]): ...
class New:
    def __new__(cls, x: int) -> "New": ...
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
class Overloaded:
    @overload
    def __init__(self, x: int) -> None: ...
    @overload
    def __init__(self, x: str, y: int) -> None: ...
class Silent: ...

@dataclass
class Point:
    x: int
    y: float = 0.0
    shared: ClassVar[int] = 1
    hidden: int = field(init=False)
    extra: InitVar[str] = field(default="a")
@dataclass(kw_only=True)
class Point3(Point):
    z: int
@dataclass
class Mixed:
    a: int
    _: KW_ONLY
    b: int
    c: list[int] = field(default_factory=list)
@dataclass(init=False)
class NoInit:
    x: int

class Pair(NamedTuple):
    left: int
    right: str = "r"
class SubPair(Pair): ...

class Options(TypedDict):
    size: int
    name: NotRequired[str]
class More(Options, total=False):
    deep: bool
    must: Required[int]

class Meta(type):
    def __call__(cls, name: str) -> Any: ...
class Made(metaclass=Meta):
    def __init__(self, other: int) -> None: ...

class Colour(enum.Enum):
    RED: int
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Plain", ["(x: lib:T, y: int = 0)"], id="__init__"),
        pytest.param("Inherits", ["(x: str, y: int = 0)"], id="inherited from a generic class"),
        pytest.param("New", ["(x: int)"], id="__new__ tells more than __init__"),
        pytest.param("Overloaded", ["(x: int)", "(x: str, y: int)"], id="overloads"),
        pytest.param("Silent", None, id="a stub that says nothing says nothing"),
        pytest.param("Point", ["(x: int, y: float = 0.0, extra: str = 'a')"], id="dataclass"),
        pytest.param("Point3", ["(x: int, y: float = 0.0, extra: str = 'a', *, z: int)"], id="dataclass, keywords"),
        pytest.param("Mixed", [f"(a: int, *, b: int, c: list[int] = {UNTOLD})"], id="KW_ONLY"),
        pytest.param("NoInit", None, id="dataclass without a constructor"),
        pytest.param("Pair", ["(left: int, right: str = 'r')"], id="NamedTuple"),
        pytest.param("SubPair", ["(left: int, right: str = 'r')"], id="a class below a NamedTuple"),
        pytest.param("Options", [f"(*, size: int, name: str = {UNTOLD})"], id="TypedDict"),
        pytest.param(
            "More",
            [f"(*, size: int, name: str = {UNTOLD}, deep: bool = {UNTOLD}, must: int)"],
            id="TypedDict with a base",
        ),
        pytest.param("Made", ["(name: str)"], id="metaclass"),
        pytest.param("Colour", None, id="enum"),
    ],
)
def test_constructors(tmp_path, name, expected):
    found = sources(tmp_path, {"lib.pyi": CONSTRUCTORS}).constructor([f"lib:{name}"])
    stated = [signature(one).replace(" @stub", "") for one in found.signatures] if found else None
    assert stated == expected


def test_keywords_that_a_typed_dictionary_names(tmp_path):
    stub = """
    from typing import Generic, TypedDict, TypeVar
    from typing_extensions import Unpack
    T = TypeVar("T")
    class Options(TypedDict, Generic[T], total=False):
        key: T
    def f(x: int, **kwargs: Unpack[Options[str]]) -> None: ...
    """
    assert called(tmp_path, stub) == [f"(x: int, *, key: str = {UNTOLD}) -> None"]


@pytest.mark.parametrize(
    ("version", "platform", "expected"),
    [
        ((3, 8, 1), "linux", "(old: int)"),
        ((3, 13, 0), "linux", "(new: int, posix: int)"),
        ((3, 13, 0), "win32", "(new: int, windows: int)"),
    ],
    ids=["old", "new", "new, on Windows"],
)
def test_the_branches_of_the_target_are_taken(tmp_path, version, platform, expected):
    stub = """
    import sys
    if sys.version_info >= (3, 9) and sys.platform == "win32":
        def f(new: int, windows: int): ...
    elif not sys.version_info < (3, 9):
        def f(new: int, posix: int): ...
    else:
        def f(old: int): ...
    """
    assert called(tmp_path, stub, version=version, platform=platform) == [expected]


@pytest.mark.parametrize(
    ("version", "path", "expected"),
    [
        ((3, 8, 0), "math:sumprod", None),
        (
            (3, 13, 0),
            "math:sumprod",
            "(p: collections.abc:Iterable[float], q: collections.abc:Iterable[float], /) -> float",
        ),
        ((3, 8, 0), "textwrap:dedent", "(text: str) -> str"),
        ((3, 8, 0), "tomllib:loads", None),
        ((3, 13, 0), "tomllib:loads", "(s: str, /, *, parse_float: typing:Callable[[str], Any] = "),
        ((3, 8, 0), "distutils.log:debug", "(msg: str, *args: Any) -> None"),
        ((3, 13, 0), "distutils.log:debug", None),
        ((3, 13, 0), "pathlib:PosixPath.read_text", "(encoding: str | None = None, errors: str | None = None, newline"),
    ],
)
def test_typeshed_is_that_of_the_target(tmp_path, version, path, expected):
    found = sources(tmp_path, {}, version=version).callable([path])
    if expected is None:
        assert found is None
    else:
        assert signature(found.signatures[0]).replace(" @stub", "").startswith(expected)
