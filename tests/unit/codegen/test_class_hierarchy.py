"""Generated classes derive from what the library's classes derive from, as far as modules can be imported."""

from __future__ import annotations

from snakebridge.codegen import coverage
from snakebridge.manifest import (
    Definition,
    DefinitionKind,
    Kind,
    Library,
    Manifest,
    Module,
    Parameter,
    Signature,
    Symbol,
)

from .conftest import build


def cls(path, *bases):
    return Symbol(path=path, kind=Kind.CLASS, bases=bases)


def test_private_classes_between_public_ones_are_seen_through(load):
    private = [
        Definition(path="lib._m:_P", kind=DefinitionKind.CLASS, bases=("lib._m:_Q", "typing:Generic[lib:_T]")),
        Definition(path="lib._m:_Q", kind=DefinitionKind.CLASS, bases=("abc:ABC", "lib:A")),
    ]
    symbols = (cls("lib:A"), cls("lib:B", "lib._m:_P"))
    module = load(Manifest(library=Library(name="lib"), symbols=symbols, definitions=tuple(private)))
    assert issubclass(module.B, module.A)


def test_base_whose_module_needs_this_one_first_gives_way_to_its_bases(load):
    taking = Symbol(
        path="lib:take",
        kind=Kind.FUNCTION,
        signature=Signature(parameters=(Parameter(name="x", type="lib.m:B"),)),
    )
    manifest = build(
        cls("lib:A"),
        cls("lib.m:B", "lib:A"),
        cls("lib:C", "lib.m:B"),
        taking,
        modules=(Module(name="lib"), Module(name="lib.m")),
    )
    module = load(manifest)
    assert module.C.__mro__[1] is module.A
    assert module.take.__annotations__["x"] == "_B | C"  # checkers do not see that a `C` is one
    (finding,) = coverage(manifest).omitted
    assert (finding.path, finding.message) == ("lib:C", "its base lib.m:B is left out: their modules need each other")
