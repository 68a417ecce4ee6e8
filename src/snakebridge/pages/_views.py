# What templates show: the entries of a page, already HTML where they are not plain text.

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from snakebridge.pages._model import Form
from snakebridge.pages._prose import prose
from snakebridge.pages._spelling import Speller

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from snakebridge.pages._lineage import Lineage
    from snakebridge.pages._model import Callable, Class, Module, Value
    from snakebridge.pages._places import Places

__all__ = ["ClassView", "Entry", "Group", "ModuleView", "Row", "class_view", "module_view", "summary"]

_LONGEST: Final = 160
_PROTOTYPE: Final = re.compile(r"[\w.]+\(.*\)(?: *->.*)?$|[\w.]+\($", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something with a name, a signature and words."""

    name: str
    anchor: str
    lines: tuple[Markup, ...]
    """Its signatures, or its type and value."""
    badges: tuple[str, ...] = ()
    deprecated: str | None = None
    doc: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries below one title."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A link with a sentence."""

    name: str
    link: str | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleView:
    """The page of a module."""

    name: str
    doc: Markup
    modules: tuple[Row, ...]
    classes: tuple[Row, ...]
    groups: tuple[Group, ...]
    elsewhere: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """A class, on a page of its own or on that of the class around it."""

    name: str
    anchor: str
    lines: tuple[Markup, ...]
    bases: tuple[Markup, ...]
    deprecated: str | None
    doc: Markup
    groups: tuple[Group, ...]
    inherited: tuple[tuple[Row, tuple[Row, ...]], ...]
    """An ancestor, and what comes from there."""
    classes: tuple[ClassView, ...]


def summary(doc: str) -> str:
    """Return the first sentence of a docstring, without a prototype before it."""
    for paragraph in doc.split("\n\n"):
        words = " ".join(paragraph.split()).strip("`* ")
        if words and not _PROTOTYPE.match(words) and not re.fullmatch(r"[\W_]+", words):
            sentence = re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]
            return sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST].rstrip()}\u2026"
    return ""


@dataclass(frozen=True, slots=True)
class _Writer:
    module: Module
    library: str
    page: str
    places: Places

    def doc(self, text: str, *around: str) -> Markup:
        return prose(text, self.places.finder(self.page, *around, self.module.name, self.library))

    def speller(self) -> Speller:
        return Speller(self.module.names, lambda full: self.places.link(full, self.page))

    def is_ours(self, base: ast.expr) -> bool:
        """Say whether a base is what makes a class remote, which no library has."""
        return (self.speller().dotted(base) or "").startswith("snakebridge.")

    def row(self, name: str, full: str, words: str = "") -> Row:
        return Row(name=name, link=self.places.link(full, self.page), words=words)

    def callable(self, one: Callable, before: str, around: str) -> Entry:
        speller = self.speller()
        if one.form is Form.PROPERTY:
            kind = one.returns[0] if one.returns else None
            lines = [Markup("{}: {}").format(one.name, speller.type(kind)) if kind is not None else escape(one.name)]
        else:
            pairs = zip(one.signatures, one.returns, strict=True)
            lines = [speller.signature(one.name, arguments, returns) for arguments, returns in pairs]
        badges = [str(one.form)] if one.form else []
        badges += ["async"] if one.coroutine else []
        badges += ["settable"] if one.settable else []
        return Entry(
            name=one.name,
            anchor=before + one.name,
            lines=tuple(lines),
            badges=tuple(badges),
            deprecated=_deprecation(one),
            doc=self.doc(one.doc, around),
        )

    def value(self, one: Value, before: str) -> Entry:
        speller = self.speller()
        annotation, value = one.annotation, one.value
        is_alias = annotation is not None and speller.dotted(annotation) == "typing.TypeAlias"
        line = Markup("{}").format(one.name)
        if annotation is not None and not is_alias:
            line += Markup(": {}").format(speller.type(annotation))
        if value is not None:
            line += Markup(" = {}").format(speller.type(value) if is_alias else speller.value(value))
        return Entry(name=one.name, anchor=before + one.name, lines=(line,))


def module_view(module: Module, modules: dict[str, Module], library: str, page: str, places: Places) -> ModuleView:
    """Prepare the page of a module.

    Args:
        module: What to show.
        modules: All modules of the library, by name.
        library: Its name.
        page: Path of the page.
        places: Where everything is.
    """
    writer = _Writer(module, library, page, places)
    inner = [name for name in modules if name.rpartition(".")[0] == module.name]
    groups = [
        ("Functions", [writer.callable(one, "", module.name) for one in module.functions]),
        ("Constants and names for types", [writer.value(one, "") for one in module.values]),
    ]
    return ModuleView(
        name=module.name,
        doc=writer.doc(module.doc),
        modules=tuple(writer.row(name, name, summary(modules[name].doc)) for name in inner),
        classes=tuple(writer.row(one.name, f"{module.name}.{one.name}", summary(one.doc)) for one in module.classes),
        groups=_groups(groups),
        elsewhere=tuple(
            writer.row(name, target, target) for name, target in module.elsewhere.items() if target not in modules
        ),
    )


def class_view(one: Class, module: Module, lineage: Lineage, library: str, page: str, places: Places) -> ClassView:
    """Prepare the description of a class, what is nested in it included.

    Args:
        one: What to show.
        module: Where it is.
        lineage: Knows its ancestors.
        library: Its library's name.
        page: Path of the page.
        places: Where everything is.
    """
    writer = _Writer(module, library, page, places)
    full = f"{module.name}.{one.name}"
    anchor = places.symbols[full][1]
    before = f"{anchor}." if anchor else ""
    short = one.name.rpartition(".")[2]
    maker = one.constructor
    pairs = zip(maker.signatures, maker.returns, strict=True) if maker is not None else ()
    lines = tuple(writer.speller().signature(short, arguments, None) for arguments, _ in pairs)
    plain = [writer.callable(each, before, full) for each in one.callables if each.form is Form.PROPERTY]
    methods = [each for each in one.callables if each.form is not Form.PROPERTY]
    groups = [
        ("Members" if plain or methods else "Values", [writer.value(each, before) for each in one.values]),
        ("Properties", plain),
        ("Methods", [writer.callable(each, before, full) for each in methods if each.name[:2] != "__"]),
        ("Special methods", [writer.callable(each, before, full) for each in methods if each.name[:2] == "__"]),
    ]
    return ClassView(
        name=short if anchor else full,
        anchor=anchor,
        lines=lines,
        bases=tuple(writer.speller().type(base) for base in one.bases if not writer.is_ours(base)),
        deprecated=_deprecation(one),
        doc=writer.doc(one.doc, full),
        groups=_groups(groups),
        inherited=tuple(_inherited(full, lineage, writer)),
        classes=tuple(class_view(inner, module, lineage, library, page, places) for inner in one.classes),
    )


def _deprecation(one: Callable | Class) -> str | None:
    """Return what the page adds about a deprecation: nothing that the docstring says already."""
    return one.deprecated if one.deprecated is None or "eprecated" not in one.doc else ""


def _groups(groups: list[tuple[str, list[Entry]]]) -> tuple[Group, ...]:
    return tuple(Group(title=title, entries=tuple(entries)) for title, entries in groups if entries)


def _inherited(full: str, lineage: Lineage, writer: _Writer) -> Iterator[tuple[Row, tuple[Row, ...]]]:
    for ancestor, members in lineage.inherited(full):
        rows = tuple(writer.row(name, f"{ancestor}.{name}") for name in members)
        yield writer.row(ancestor.rpartition(".")[2], ancestor), rows
