"""Modules that are read because they cannot be imported: source text in, facts out."""

from __future__ import annotations

from pathlib import Path

import pytest

from snakebridge.introspect._observations import Entry, ModuleFact
from snakebridge.introspect._static import Unreadable, read_instead, read_modules, read_static
from snakebridge.introspect.sources import Target

_DATA_CLASS = """@dataclass(frozen=True)
class A:
    a: int
    b: list = field(default_factory=list)
    c: ClassVar[int] = 1
    d: int = field(default=2, kw_only=True)
    e: int = field(init=False, default=0)
"""


def _target(root: Path, version: tuple[int, int, int] = (3, 11, 0), platform: str = "linux") -> Target:
    return Target(version=version, platform=platform, implementation="cpython", path=(root,))


def _read(root: Path, source: str, **given) -> ModuleFact:
    file = root / "m.py"
    file.write_text(source, encoding="utf-8")
    found = read_static("m", file, target=_target(root, **given))
    assert isinstance(found, ModuleFact), found
    return found


def _entry(root: Path, source: str, name: str, **given) -> Entry:
    entry = _read(root, source, **given).members[name]
    for_path = name.rpartition(".")[2]
    assert entry.defined in {("m", for_path), (None, None)}
    return entry


def _shown(entry: Entry) -> list[str]:
    assert entry.signature is not None
    assert entry.signature.source == "static"
    return [
        f"{one.kind} {one.name}"
        + (f": {one.annotation.raw}" if one.annotation else "")
        + (f" = {one.default.literal or one.default.opaque}" if one.default else "")
        for one in entry.signature.parameters
    ]


def test_signature_has_names_kinds_defaults_and_source_of_annotations(tmp_path):
    entry = _entry(tmp_path, 'def f(a, b: "int" = 3, /, *c: str, d=object(), e: X[Y] = None, **g) -> Z: "Doc."', "f")
    assert _shown(entry) == [
        "0 a",
        "0 b: int = 3",
        "2 c: str",
        "3 d = types:EllipsisType",
        "3 e: X[Y] = None",
        "4 g",
    ]
    assert entry.signature is not None
    assert entry.signature.returns is not None
    assert (entry.signature.returns.raw, entry.doc) == ("Z", "Doc.")


@pytest.mark.parametrize(
    ("source", "flags"),
    [
        ("def f(): yield 1", ("generator",)),
        ("def f():\n    def g(): yield 1\n    return g", ()),
        ("async def f(): pass", ("coroutine",)),
        ("async def f(): yield 1", ("async_generator",)),
        ("@contextlib.contextmanager\ndef f(): yield 1", ("context_manager",)),
        ("@asynccontextmanager\nasync def f(): yield 1", ("async_context_manager",)),
        ("@functools.singledispatch\ndef f(x): pass", ("single_dispatch",)),
        ("@deprecated('no more')\ndef f(x): pass", ("deprecated",)),
        ("f = 1\ndef f(): lambda: (yield)", ()),
    ],
    ids=[
        "generator",
        "inner",
        "coroutine",
        "async-generator",
        "manager",
        "async-manager",
        "dispatch",
        "deprecated",
        "lambda",
    ],
)
def test_flags_are_seen_through_decorators(tmp_path, source, flags):
    assert _entry(tmp_path, source, "f").flags == flags


def test_deprecation_message_is_kept(tmp_path):
    assert _entry(tmp_path, "@deprecated('use g', category=None)\ndef f(x): pass", "f").deprecated == "use g"


def test_overloads_are_kept_in_order(tmp_path):
    source = "from typing import overload\n@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a): pass"
    entry = _entry(tmp_path, source, "f")
    assert [one.returns.raw for one in entry.overloads if one.returns] == ["int", "str"]
    assert _shown(entry) == ["1 a"]


@pytest.mark.parametrize(
    ("version", "platform", "expected"),
    [((3, 8, 0), "linux", ["1 old"]), ((3, 12, 0), "linux", ["1 new"]), ((3, 12, 0), "win32", ["1 windows"])],
    ids=["old", "new", "windows"],
)
def test_conditions_are_decided_for_the_target(tmp_path, version, platform, expected):
    source = """import sys
if sys.platform == "win32":
    def f(windows): pass
elif sys.version_info >= (3, 9):
    def f(new): pass
else:
    def f(old): pass
"""
    assert _shown(_entry(tmp_path, source, "f", version=version, platform=platform)) == expected


def test_body_of_try_wins_over_its_handlers(tmp_path):
    source = "try:\n    import fast\n    def f(a): pass\nexcept ImportError:\n    def f(b): pass\n    def g(c): pass\n"
    fact = _read(tmp_path, source)
    assert (_shown(fact.members["f"]), _shown(fact.members["g"])) == (["1 a"], ["1 c"])


def test_names_for_type_checkers_only_are_not_there(tmp_path):
    source = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from q import z\nif not TYPE_CHECKING:\n    y = 1\n"
    )
    assert sorted(_read(tmp_path, source).members) == ["TYPE_CHECKING", "y"]


def test_constants_have_types_and_small_values(tmp_path):
    source = f"a = 1\nb, c = 'x', None\nd = e = {{2, 1}}\nf = compute()\ng = '{'x' * 500}'\nh = float('nan')\ni: int\nj = ...\n"
    members = _read(tmp_path, source).members
    assert {name: (one.type, one.value) for name, one in members.items()} == {
        "a": ("builtins:int", "1"),
        "b": ("builtins:str", "'x'"),
        "c": ("types:NoneType", "None"),
        "d": ("builtins:set", "{1, 2}"),
        "e": ("builtins:set", "{1, 2}"),
        "f": (None, None),
        "g": (None, None),
        "h": ("builtins:float", "nan"),
        "j": ("types:EllipsisType", "..."),
    }


def test_declared_names_are_added_up(tmp_path):
    source = "__all__ = ['f']\n__all__ += ['g']\n__all__.extend(['h'])\ndef f(): pass\ng = f\n"
    fact = _read(tmp_path, source)
    assert fact.all is not None
    assert set(fact.all) >= {"f", "g"}
    assert fact.members["g"].same == "m:f"


def test_class_has_its_members_bases_and_bindings(tmp_path):
    source = """class Base:
    def kept(self): pass
class A(Base, metaclass=Meta):
    "Doc."
    limit: ClassVar[int] = 3
    free: str
    __hash__ = None
    def __init__(self, a, *, b=1): self.c = a
    def __len__(self): return 0
    @property
    def size(self) -> int: ...
    @size.setter
    def size(self, value): ...
    @staticmethod
    def s(x): pass
    @classmethod
    def c(cls, x): pass
    async def go(self): pass
    class Inner: pass
class Meta(type): pass
"""
    cls = _entry(tmp_path, source, "A")
    assert (cls.kind, cls.bases, cls.lineage) == ("class", ("m:Base",), ("m:A", "m:Base", "builtins:object"))
    assert (cls.doc, cls.metaclass, cls.operators, cls.blocked) == (
        "Doc.",
        "m:Meta",
        ("__init__", "__len__"),
        ("__hash__",),
    )
    assert _shown(cls) == ["1 a", "3 b = 1"]
    assert {name: one.raw for name, one in cls.annotations.items()} == {"limit": "ClassVar[int]", "free": "str"}
    assert {name: cls.members[name].binding for name in ("s", "c", "go")} == {
        "s": "static",
        "c": "class",
        "go": "instance",
    }
    assert [_shown(cls.members[name]) for name in ("s", "c", "go")] == [["1 x"], ["1 x"], []]
    size = cls.members["size"]
    assert (size.kind, size.settable, size.returns.raw if size.returns else None) == ("property", True, "int")
    assert cls.members["Inner"].defined == ("m", "A.Inner")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("class A(ValueError): pass", "exception"),
        ("class B(OSError): pass\nclass A(B): pass", "exception"),
        ("from other import SomeError\nclass A(SomeError): pass", "exception"),
        ("import enum\nclass A(enum.IntFlag): pass", "enum"),
        ("from enum import Enum as E\nclass B(E): pass\nclass A(B): pass", "enum"),
        ("class A(make()): pass", "class"),
        ("class A(A): pass", "class"),
    ],
    ids=["exception", "inherited", "foreign", "enum", "inherited-enum", "dynamic", "itself"],
)
def test_kind_of_class_follows_its_bases(tmp_path, source, kind):
    assert _entry(tmp_path, source, "A").kind == kind


def test_enum_members_are_in_order(tmp_path):
    source = "import enum\nclass A(enum.Enum):\n    z = 1\n    a = 'x'\n    m = enum.auto()\n    _skip = 2\n    def f(self): pass\n"
    entry = _entry(tmp_path, source, "A")
    assert entry.enum == (("z", "1"), ("a", "'x'"), ("m", None))
    assert sorted(entry.members) == ["_skip", "f"]


@pytest.mark.parametrize(
    ("source", "shape", "expected"),
    [
        (
            _DATA_CLASS,
            "dataclass",
            ["1 a: int", "1 b: list = types:EllipsisType", "3 d: int = 2"],
        ),
        (
            "@dataclass\nclass B:\n    a: int\n@dataclass\nclass A(B):\n    b: int = 1\n",
            "dataclass",
            ["1 a: int", "1 b: int = 1"],
        ),
        ("from typing import NamedTuple\nclass A(NamedTuple):\n    a: int\n    b: str = 'x'\n", "named_tuple",
         ["1 a: int", "1 b: str = 'x'"]),
        ("import attr\n@attr.define\nclass A:\n    _a: int\n    b: int = attr.ib(default=1)\n", "attrs",
         ["1 a: int", "1 b: int = 1"]),
        ("from pydantic import BaseModel, Field\nclass A(BaseModel):\n    a: int\n    b: int = Field(3, gt=1)\n    _p: int = 1\n",
         "pydantic", ["3 a: int", "3 b: int = 3"]),
    ],
    ids=["dataclass", "inherited", "named-tuple", "attrs", "pydantic"],
)  # fmt: skip
def test_data_classes_are_made_from_their_fields(tmp_path, source, shape, expected):
    entry = _entry(tmp_path, source, "A")
    assert (entry.shape, _shown(entry)) == (shape, expected)


def test_keys_of_typed_dictionary_are_fields(tmp_path):
    source = "from typing import TypedDict\nclass A(TypedDict, total=False):\n    a: int\n    b: Required[str]\n"
    entry = _entry(tmp_path, source, "A")
    assert [(one.name, one.required) for one in entry.fields] == [("a", False), ("b", True)]
    assert entry.signature is None


# --- Several modules ---


def _library(root: Path, files: dict[str, str]) -> None:
    for name, source in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")


def test_package_that_cannot_be_imported_is_read_with_its_modules(tmp_path):
    _library(
        tmp_path,
        {
            "lib/__init__.py": "from .core import *\nfrom .core import f as g\nfrom . import sub\nimport os\nraise RuntimeError",
            "lib/core.py": "from ._impl import f, _hidden\nfrom lib.sub.deep import Deep\nclass A(Deep): pass\n",
            "lib/_impl.py": "def f(x): pass\ndef _hidden(): pass\n",
            "lib/sub/__init__.py": "from ..core import A as B\n",
            "lib/sub/deep.py": "class Deep:\n    def __init__(self, d): pass\n    def m(self): pass\n",
        },
    )
    facts, unreadable = read_instead(["lib"], target=_target(tmp_path))
    found = {fact.module: fact for fact in facts}
    assert not unreadable
    assert sorted(found) == ["lib", "lib._impl", "lib.core", "lib.sub", "lib.sub.deep"]
    root = found["lib"].members
    assert {name: one.same for name, one in root.items() if one.same} == {
        "A": "lib.core:A",
        "Deep": "lib.sub.deep:Deep",
        "f": "lib._impl:f",
        "g": "lib._impl:f",
    }
    assert {name: one.name for name, one in root.items() if one.kind == "module"} == {"os": "os", "sub": "lib.sub"}
    assert (found["lib"].package, found["lib.core"].package) == (True, False)
    cls = found["lib.core"].members["A"]
    assert cls.lineage == ("lib.core:A", "lib.sub.deep:Deep", "builtins:object")
    assert _shown(cls) == ["1 d"]
    assert found["lib.sub"].members["B"].same == "lib.core:A"


def test_what_the_probe_described_is_referred_to(tmp_path):
    _library(tmp_path, {"lib/broken.py": "from lib.good import Base, E\nclass A(Base): pass\nclass X(E): pass\n"})
    base = Entry(kind="class", defined=("lib._b", "Base"), lineage=("lib._b:Base", "builtins:object"))
    error = Entry(
        kind="exception", defined=("lib.good", "E"), lineage=("lib.good:E", "builtins:Exception", "builtins:object")
    )
    known = [ModuleFact(module="lib.good", name="lib.good", members={"Base": base, "E": error})]
    (fact,), _ = read_modules({"lib.broken": tmp_path / "lib/broken.py"}, target=_target(tmp_path), known=known)
    assert fact.members["Base"].same == "lib.good:Base"
    assert fact.members["A"].lineage == ("lib.broken:A", "lib._b:Base", "builtins:object")
    assert (fact.members["A"].bases, fact.members["X"].kind) == (("lib._b:Base",), "exception")


def test_lazy_package_says_to_type_checkers_what_its_names_are(tmp_path):
    source = """from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from lib.core import f
__all__ = ["f"]
def __getattr__(name): ...
"""
    _library(tmp_path, {"lib/__init__.py": source, "lib/core.py": "def f(x): pass\n"})
    facts, _ = read_instead(["lib"], target=_target(tmp_path))
    assert (facts[0].lazy, facts[0].members["f"].same) == (True, "lib.core:f")


def test_circles_of_imports_and_bases_end(tmp_path):
    _library(
        tmp_path,
        {
            "lib/__init__.py": "from lib.a import *\nfrom lib.b import x\n",
            "lib/a.py": "from lib.b import *\nfrom lib.b import x\nclass A(B): pass\n",
            "lib/b.py": "from lib.a import *\nfrom lib.a import x, A\nclass B(A): pass\n",
        },
    )
    facts, unreadable = read_instead(["lib"], target=_target(tmp_path))
    assert (len(facts), unreadable) == (3, [])
    assert all("x" not in fact.members for fact in facts)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"def f(:\n", "its source is broken"),
        (b"# coding: utf-8\nx = '\xff'\n", "its source is broken"),
        (b"x = 1\0\n", "its source"),
        (b"# coding: no-such-encoding\n", "its source is broken"),
        (b"x = " + b"(" * 5_000, "its source"),
        (b"x = " + b"-" * 200_000 + b"1", "its source"),
    ],
    ids=["syntax", "encoding", "nul", "cookie", "brackets", "deep"],
)
def test_module_that_cannot_be_read_says_why(tmp_path, content, reason):
    file = tmp_path / "m.py"
    file.write_bytes(content)
    found = read_static("m", file, target=_target(tmp_path))
    assert isinstance(found, Unreadable)
    assert found.reason.startswith(reason)
    assert str(tmp_path) not in found.reason


def test_source_in_another_encoding_is_read(tmp_path):
    file = tmp_path / "m.py"
    file.write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    found = read_static("m", file, target=_target(tmp_path))
    assert isinstance(found, ModuleFact)
    assert found.members["x"].value == "'é'"


def test_module_without_source_says_so(tmp_path):
    facts, unreadable = read_instead(["gone"], target=_target(tmp_path))
    assert (facts, unreadable) == ([], [Unreadable("gone", "it has no source to read instead")])


def test_reading_twice_gives_the_same(tmp_path):
    _library(tmp_path, {"lib/__init__.py": "from .a import *\n", "lib/a.py": "x = {3, 1}\nclass A: pass\n"})
    first, second = (read_instead(["lib"], target=_target(tmp_path)) for _ in range(2))
    assert first == second
