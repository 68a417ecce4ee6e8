"""What a library notes on functions of the host: click's decorators collect a command's parameters in that way.

The library's objects stay over there; the function keeps references to them, as it would keep the objects themselves
if both were in one process. Names that have a meaning for Python are never used for that, nor are those that the
program uses itself.
"""

from __future__ import annotations

import types

from snakebridge_guest.wire.operators import DESCRIBING, OPERATORS, UNIVERSAL

KEEPS_NOTES = "__dict__"
"""Among the operators of a host object: notes are kept on it, and the names of those that are follow."""

_MEANINGFUL = {*dir(types.FunctionType), *DESCRIBING, *OPERATORS, *UNIVERSAL} | {
    "__annotate__", "__builtins__", "__isabstractmethod__", "__partialmethod__", "__text_signature__",
    "__type_params__", "__wrapped__",
}  # fmt: skip


def is_note(name: str) -> bool:
    """Return whether a library that sets this attribute of a function notes something for itself."""
    return name.startswith("_") and name not in _MEANINGFUL and not name.startswith("_snakebridge")
