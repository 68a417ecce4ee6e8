"""Generated classes derive from what the library's classes derive from, as far as modules can be imported."""

from __future__ import annotations

from snakebridge.codegen import coverage
from snakebridge.manifest import Definition, DefinitionKind, Kind, Library, Manifest, Symbol

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


def test_nested_classes_whose_outermost_ones_need_each_other_go_without_one_base(load):
    manifest = build(cls("lib:A"), cls("lib:A.X", "lib:B"), cls("lib:B"), cls("lib:B.Y", "lib:A"))
    module = load(manifest)
    assert issubclass(module.A.X, module.B) != issubclass(module.B.Y, module.A)
    (finding,) = coverage(manifest).omitted
    assert "their outermost classes need each other" in finding.message
