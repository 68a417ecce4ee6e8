# Finds the examples in the docstrings of a library's public things, and says where every name they use comes from, so
# that they can be run where the library is not.
#
# Assumes: the modules can be imported, as introspection has imported them. What cannot be looked at is left out.

from __future__ import annotations

import doctest
import importlib
import inspect
import sys
from typing import Any, Iterator

from snakebridge_guest.examples._journal import Journal
from snakebridge_guest.examples._names import Origins, used

_PARSER = doctest.DocTestParser()
_SPECIAL = ("__new__", "__init__", "__call__")  # documented here and there, and public wherever their class is


def collect(request: dict[str, Any], journal: Journal) -> None:
    """Tell every docstring with examples.

    `modules`: public modules, in order; `symbols`: public addresses, canonical ones first; `within`: prefix of the
    modules that are asked about; `aliases`: names that documentation takes for granted, with their modules.
    """
    loaded = {}
    for name in request["modules"]:
        journal.tell({"event": "import", "module": name})
        try:
            loaded[name] = importlib.import_module(name)
        except BaseException:  # noqa: S112 - whatever it is, introspection said so already
            continue
    origins = Origins(request["symbols"], request["modules"], request["aliases"])
    seen: set[str] = set()
    for name, module, documented in _documented(loaded, request["symbols"]):
        # Where it is defined, if that is in the library: a package shows what its parts hold.
        place = module if _is_within(module, request["within"].partition(".")[0]) else name.partition(":")[0]
        if not _is_within(place, request["within"]):
            continue
        text = _text_of(documented)
        if text is None or text in seen:
            continue
        seen.add(text)
        sources = _sources(text)
        if sources:
            names = origins.of(used(sources), module)
            found = {"name": name, "module": module, "text": text, "count": len(sources), "names": names}
            journal.tell({"event": "test", **found})
    journal.tell({"event": "private", "count": _count_private(request["within"], seen)})


def _documented(modules: dict[str, Any], symbols: list[str]) -> Iterator[tuple[str, str, Any]]:
    # Each address, the module whose names its examples may use, and what has the docstring.
    for name, module in modules.items():
        yield name, name, module
        more = getattr(module, "__test__", None)
        if isinstance(more, dict):
            for key, value in more.items():
                yield f"{name}:__test__.{key}", name, value
    for symbol in symbols:
        name, _, qualname = symbol.partition(":")
        found, owner = _at(modules.get(name), qualname)
        if found is None:
            continue
        yield symbol, _home(found, owner, name), found
        if inspect.isclass(found):
            for special in _SPECIAL:
                if special in vars(found):
                    yield f"{symbol}.{special}", _home(found, owner, name), _function_of(vars(found)[special])


def _at(module: Any, qualname: str) -> tuple[Any, Any]:
    owner, found = None, module
    for part in qualname.split("."):
        owner = found
        found = inspect.getattr_static(owner, part, None) if inspect.isclass(owner) else getattr(owner, part, None)
        if found is None:
            return None, None
    return _function_of(found), owner


def _function_of(found: Any) -> Any:
    return found.__func__ if isinstance(found, (staticmethod, classmethod)) else found


def _home(found: Any, owner: Any, name: str) -> str:
    for one in (found, owner):
        try:
            home = getattr(inspect.unwrap(one), "__module__", None)
        except Exception:  # noqa: S112 - objects that answer everything, such as mocks, have no end
            continue
        if isinstance(home, str) and home in sys.modules:
            return home
    return name


def _text_of(documented: Any) -> str | None:
    try:
        text = documented if isinstance(documented, str) else documented.__doc__
    except Exception:  # properties of the library's own
        return None
    return str(text) if isinstance(text, str) and ">>>" in text else None


def _sources(text: str) -> list[str]:
    try:
        return [example.source for example in _PARSER.get_examples(text)]
    except ValueError:  # indented in a way that no runner reads
        return []


def _is_within(module: str, prefix: str) -> bool:
    return f"{module}.".startswith(f"{prefix}.")


def _count_private(within: str, seen: set[str]) -> int:
    # What the finder of the standard library sees beyond the public things.
    finder, count, known = doctest.DocTestFinder(exclude_empty=True), 0, set(seen)
    for name in sorted(sys.modules):
        if not _is_within(name, within):
            continue
        try:
            tests = finder.find(sys.modules[name], name)
        except Exception:  # noqa: S112 - it looks into whatever the module holds
            continue
        for test in tests:
            if test.docstring is not None and test.docstring not in known:
                known.add(test.docstring)
                count += len(test.examples)
    return count
