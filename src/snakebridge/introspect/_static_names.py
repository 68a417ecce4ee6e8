# What names in a module that was read mean, and what its values are, as far as source tells.

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_LONGEST = 400
_NUMBERS = {"nan", "inf", "-inf"}


class Names:
    """The names of one module.

    Args:
        module: Its dotted name.
        own: Names that it defines.
        imports: By local name: `module:name`, or a dotted module.
        modules: Dotted names of the library's modules, which `from package import module` may mean.
    """

    def __init__(self, module: str, own: Collection[str], imports: Mapping[str, str], modules: Collection[str]) -> None:
        self._module = module
        self._own = own
        self._imports = imports
        self._modules = modules

    def address(self, dotted: str) -> str | None:
        """Return the address that a dotted name means, or `None` when it names nothing that source shows."""
        head, _, rest = dotted.partition(".")
        if not all(part.isidentifier() for part in dotted.split(".")):
            return None
        if head in self._own:
            return f"{self._module}:{dotted}"
        source = self._imports.get(head)
        if source is not None:
            return self._imported(source, rest)
        return f"builtins:{dotted}" if not rest and hasattr(builtins, head) else None

    def module(self, name: str) -> str | None:
        """Return the module that an imported name means, if it is one."""
        source = self._imports.get(name, "")
        joined = source.replace(":", ".")
        return joined if joined and (":" not in source or joined in self._modules) else None

    def _imported(self, source: str, rest: str) -> str | None:
        if ":" in source and source.replace(":", ".") not in self._modules:
            return f"{source}.{rest}" if rest else source
        outer, _, last = rest.rpartition(".")
        module = ".".join(filter(None, (source.replace(":", "."), outer)))
        return f"{module}:{last}" if last else None


def literal_of(source: str) -> str | None:
    """Return the canonical literal of an expression, or `None` when it has none, or a long one."""
    if len(source) > _LONGEST:
        return None
    try:
        value: object = ast.literal_eval(source)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return _number(source)
    shown = "..." if value is ... else _set(value) if isinstance(value, set | frozenset) else repr(value)
    if len(shown) > _LONGEST or not (shown in _NUMBERS or _is_literal(shown)):
        return None  # infinity inside a tuple has no literal
    return shown


def _is_literal(source: str) -> bool:
    try:
        ast.literal_eval(source)
    except (SyntaxError, ValueError):
        return source == "set()"
    return True


def _number(source: str) -> str | None:
    bare = source.lower().replace('"', "'").removeprefix("float('").removesuffix("')")
    bare = bare.replace("math.", "").replace("np.", "").replace("numpy.", "")
    return bare if bare in _NUMBERS else None


def _set(value: set[object] | frozenset[object]) -> str:
    return "{" + ", ".join(sorted(map(repr, value))) + "}" if value else "set()"


def class_of(literal: str) -> str:
    """Return the address of a literal's class."""
    if literal in _NUMBERS:
        return "builtins:float"
    value: object = set() if literal == "set()" else ast.literal_eval(literal)
    if value is None:
        return "types:NoneType"
    return "types:EllipsisType" if value is ... else f"builtins:{type(value).__name__}"
