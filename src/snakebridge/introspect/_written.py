# Types and signatures as people write them in overrides: `numpy:ndarray | None`, `(x, /, *, axis: int = 0) -> int`.
#
# Reading needs no library and refuses what is not in the grammar. What the names mean is asked later, of the manifest
# they are for: bare names are built-ins, those of `typing` and `collections.abc`, or classes of the library; dotted
# ones are addresses without the colon. A name that the library does not have is reported, never guessed.

from __future__ import annotations

import ast
import builtins
import collections.abc
import re
import typing
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from snakebridge.errors import ManifestError
from snakebridge.manifest import Default, Kind, ParameterKind, types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from snakebridge.manifest import Manifest

_UNTOLD = Default(opaque="types:EllipsisType")
_NUMBERS = {"nan", "inf", "-inf"}
_NAMED = {Kind.CLASS, Kind.ENUM, Kind.EXCEPTION, Kind.ALIAS}
_LITERAL = "typing:Literal"


class WrittenParameter(NamedTuple):
    """One parameter as it stands in an override."""

    name: str
    kind: ParameterKind
    default: Default | None
    type: types.Type | None
    is_open: bool
    """Its default is `...`: there is one, and what it is stays as the library says."""


@dataclass(frozen=True, slots=True)
class WrittenSignature:
    """A signature as it stands in an override."""

    parameters: tuple[WrittenParameter, ...]
    returns: types.Type | None


def read_type(text: str) -> types.Type:
    """Read a type expression.

    Raises:
        ValueError: It is not in the grammar.
    """
    try:
        return types.parse(text)
    except ManifestError as error:
        raise ValueError(str(error)) from None


def read_signature(text: str) -> WrittenSignature:
    """Read `(x, /, *, axis: int = 0) -> float`: Python's syntax; a type with a colon stands in quotes.

    Raises:
        ValueError: It is no parameter list.
    """
    try:
        (statement,) = ast.parse(f"def _{text.strip()}: ...").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        statement = None
    if not isinstance(statement, ast.FunctionDef) or len(statement.body) != 1 or statement.decorator_list:
        raise ValueError(
            f"{text!r} is not a parameter list; write it as in `def`, such as `(x, /, *, axis=0) -> int`, "
            'and types that have a colon in quotes: `(x: "numpy:ndarray")`'
        )
    returns = None if statement.returns is None else _annotation(statement.returns)
    return WrittenSignature(parameters=tuple(_parameters(statement.args)), returns=returns)


def _parameters(arguments: ast.arguments) -> Iterator[WrittenParameter]:
    placed = [(one, ParameterKind.POSITIONAL_ONLY) for one in arguments.posonlyargs]
    placed += [(one, ParameterKind.POSITIONAL) for one in arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(placed) - len(arguments.defaults))
    for (one, kind), default in zip(placed, [*defaults, *arguments.defaults], strict=True):
        yield _parameter(one, kind, default)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, ParameterKind.VARIADIC, None)
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(one, ParameterKind.KEYWORD, default)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, ParameterKind.VARIADIC_KEYWORD, None)


def _parameter(written: ast.arg, kind: ParameterKind, default: ast.expr | None) -> WrittenParameter:
    is_open = isinstance(default, ast.Constant) and default.value is ...
    said = _UNTOLD if is_open else None if default is None else _default(default, written.arg)
    meant = None if written.annotation is None else _annotation(written.annotation)
    return WrittenParameter(written.arg, kind, said, meant, is_open)


def _default(node: ast.expr, name: str) -> Default:
    source = ast.unparse(node)
    if source not in _NUMBERS:
        try:
            ast.literal_eval(node)
        except (ValueError, TypeError, RecursionError):
            raise ValueError(f"the default of {name} is {source!r}, which is no literal; write `{name}=...`") from None
    return Default(literal=source)


def _annotation(node: ast.expr) -> types.Type:
    return read_type(
        node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)
    )


class Meanings:
    """What names in written types mean for one library."""

    def __init__(self, manifest: Manifest) -> None:
        self._library = manifest.library.name
        named = [symbol for symbol in manifest.symbols if symbol.kind in _NAMED]
        self._canonical = {alias: symbol.path for symbol in named for alias in symbol.aliases}
        paths = [*(symbol.path for symbol in named), *(one.path for one in manifest.definitions)]
        self._canonical |= {path: path for path in paths}
        self.known = sorted(self._canonical)
        """Addresses of the library that types may name."""
        # A private name gives way to a public one, and two that are equally public say nothing.
        self._classes = _unique(one.path for one in manifest.definitions) | _unique(one.path for one in named)

    def of(self, written: types.Type, refuse: Callable[[str], None]) -> types.Type:
        """Return a type with all its names as addresses.

        Args:
            written: What was read.
            refuse: Is told each name that means nothing.
        """
        match written:
            case types.Union(members):
                return types.join(*(self.of(one, refuse) for one in members))
            case types.Parameters(members):
                return types.Parameters(tuple(self.of(one, refuse) for one in members))
            case types.Name(address, arguments):
                return self._named(address, arguments, refuse)
            case _:
                return written

    def _named(self, address: str, arguments: tuple[types.Type, ...], refuse: Callable[[str], None]) -> types.Type:
        meant = self._address(address)
        if meant is None:
            refuse(address.removeprefix("builtins:"))
            return types.ANY
        if meant == _LITERAL:
            return types.Name(meant, arguments)
        inner = [self.of(_unquoted(one), refuse) for one in arguments]
        if meant in {"typing:Union", "typing:Optional"}:
            return types.join(*inner, *([types.NONE] if meant == "typing:Optional" else []))
        return types.Name(meant, tuple(inner))

    def _address(self, address: str) -> str | None:
        module, _, name = address.partition(":")
        if module == "builtins":
            return self._dotted(name) if "." in name else self._bare(name)
        if f"{module}.".startswith(f"{self._library}."):
            return self._canonical.get(address)
        return _of_typing(name) if module in {"typing", "collections.abc"} else address

    def _bare(self, name: str) -> str | None:
        if isinstance(getattr(builtins, name, None), type):
            return f"builtins:{name}"
        return _of_typing(name) or self._classes.get(name)

    def _dotted(self, name: str) -> str | None:
        parts = name.split(".")
        if name.startswith(f"{self._library}."):
            places = (f"{'.'.join(parts[:end])}:{'.'.join(parts[end:])}" for end in range(len(parts) - 1, 0, -1))
            return next((self._canonical[place] for place in places if place in self._canonical), None)
        return self._address(f"{'.'.join(parts[:-1])}:{parts[-1]}")


def _unique(paths: Iterable[str]) -> dict[str, str]:
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_name[re.split(r"[.:]", path)[-1]].append(path)
    return {name: found[0] for name, found in by_name.items() if len(found) == 1}


def _of_typing(name: str) -> str | None:
    # In the spelling that the target's own annotations get: `typing.List` is `list`, `typing.Sequence` that of `abc`.
    if name in {"Callable", "Optional", "Union"}:
        return f"typing:{name}"
    if name in collections.abc.__all__:
        return f"collections.abc:{name}"
    if name not in typing.__all__:
        return None
    origin = getattr(getattr(typing, name), "__origin__", None)
    return f"{origin.__module__}:{origin.__qualname__}" if isinstance(origin, type) else f"typing:{name}"


def _is_quoted(written: types.Type) -> bool:
    return isinstance(written, types.Constant) and written.source[:1] in {"'", '"'}


def _unquoted(written: types.Type) -> types.Type:
    return read_type(str(ast.literal_eval(str(written)))) if _is_quoted(written) else written
