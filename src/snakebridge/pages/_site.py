# The site: every page of every library in memory, before the first file is written.
#
# Guarantees: the same manifests give the same bytes; pages refer to nothing outside the site but what docstrings link
# to; nothing from a manifest reaches a page unescaped.

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import jinja2

from snakebridge import codegen
from snakebridge.pages._lineage import Lineage
from snakebridge.pages._places import Places
from snakebridge.pages._reading import read_package
from snakebridge.pages._views import Row, class_view, module_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from snakebridge.manifest import Manifest
    from snakebridge.pages._model import Module

__all__ = ["Site", "build"]

_ASSETS: Final = ("search.js", "style.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Pages in memory."""

    files: Mapping[str, str]
    """POSIX path relative to the folder of the site → text."""
    libraries: Mapping[str, int]
    """Library → how many pages it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library:
    name: str
    version: str | None
    modules: dict[str, Module]
    coverage: codegen.Coverage
    index: str


def build(manifests: Sequence[Manifest]) -> Site:
    """Make the pages of some libraries.

    Args:
        manifests: What the packages were generated from.

    Raises:
        ManifestError: A library's own name cannot be generated.
        GeneratedCodeError: Generated text does not parse, which is a bug of this snakebridge.
    """
    places = Places()
    libraries: list[_Library] = []
    for manifest in sorted(manifests, key=lambda one: one.library.name):
        name = manifest.library.name
        tree, coverage = codegen.render_counted(manifest)
        modules = read_package(tree, name)
        index = places.add(modules.values(), name)
        libraries.append(
            _Library(name=name, version=manifest.library.version, modules=modules, coverage=coverage, index=index)
        )
    found: dict[str, str] = {"index.html": _page("index.html", "index.html", libraries=libraries)}
    counts: dict[str, int] = {}
    for library in libraries:
        pages = dict(_pages(library, places))
        counts[library.name] = len(pages)
        found |= pages
    found |= {name: _read(name) for name in _ASSETS}
    found["symbols.js"] = f"const SYMBOLS = {_search(places)};\n"
    return Site(files=MappingProxyType(dict(sorted(found.items()))), libraries=MappingProxyType(counts))


def _pages(library: _Library, places: Places) -> Iterator[tuple[str, str]]:
    lineage = Lineage()
    for module in library.modules.values():
        lineage.add(module)
    rows = [Row(name=name, link=places.link(name, library.index)) for name in library.modules]
    reasons = [
        (message, [one.path for one in findings])
        for message, findings in groupby(
            sorted(library.coverage.omitted, key=lambda one: (one.message, one.path)), key=lambda one: one.message
        )
    ]
    yield library.index, _page("library.html", library.index, library=library, modules=rows, reasons=reasons)
    for module in library.modules.values():
        page = places.page(module.name)
        view = module_view(module, library.modules, library.name, page, places)
        yield page, _page("module.html", page, library=library, module=view)
        for one in module.classes:
            page = places.page(f"{module.name}.{one.name}")
            shown = class_view(one, module, lineage, library.name, page, places)
            home = places.page(module.name)
            yield page, _page("class.html", page, library=library, module=module.name, home=home, one=shown)


def _page(template: str, path: str, **values: object) -> str:
    return _templates().get_template(template).render(values, root="../" * path.count("/"), path=path)


def _search(places: Places) -> str:
    """Write what can be searched: page, what it describes, and the anchors on it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, (page, anchor) in places.symbols.items():
        # What is exported under another name than its own is found under its own.
        if not anchor or name.endswith(f".{anchor}"):
            whole = name[: -len(anchor) - 1] if anchor else name
            found.setdefault((page, whole), []).extend([anchor] if anchor else [])
    rows = [[page, name, " ".join(sorted(anchors))] for (page, name), anchors in sorted(found.items())]
    return json.dumps(rows, separators=(",", ":")).replace("<", "\\u003c")


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _read(f"{name}.jinja")),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _read(name: str) -> str:
    return (files("snakebridge") / "templates" / "pages" / name).read_text(encoding="utf-8")
