# The inside of a signature as docstrings write it → a signature of the manifest.
#
# Guarantees: what is not wholly understood is no signature; names are those of the text, in its order, without `self`.
# What may be left out without a known default has the default `UNTOLD`.

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings._defaults import reconcile
from snakebridge.introspect.docstrings._meaning import type_of
from snakebridge.manifest import Default, Parameter, ParameterKind, Signature, Tier, types

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNTOLD = Default(opaque="types:EllipsisType")
"""The parameter may be left out, and nobody says what it is then."""
ARGUMENTS = Parameter(name="args", kind=ParameterKind.VARIADIC)
KEYWORDS = Parameter(name="kwargs", kind=ParameterKind.VARIADIC_KEYWORD)

_LONGEST_LITERAL = 200
_MOST_PARAMETERS = 100
_ENUMERATED = re.compile(r"([^\W\d]+?)_?(?:\d+|n|N)")
_WORD = re.compile(r"[^\W\d]\w*")
_SELF = re.compile(
    r"\$(?:self|module|type)\b.*|(?:self|cls)(?:\s*:.*)?|type\s+(?:self|cls)|[\w.]+\s+(?:self|cls)", re.DOTALL
)
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
# A Cython parameter of a class also takes `None`, unless it says otherwise, so only numbers are certain.
_INTEGERS = (
    *("int", "long", "short", "char", "size_t", "ssize_t", "Py_ssize_t", "npy_intp", "intp_t"),
    *("int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"),
)
_NUMBERS = {
    **dict.fromkeys(_INTEGERS, "builtins:int"),
    **dict.fromkeys(("float", "double", "float32_t", "float64_t"), "builtins:float"),
    **dict.fromkeys(("bint", "bool"), "builtins:bool"),
}
_C_TYPE = re.compile(
    r"(?:int|long|short|char|float|double|bint|bool|object|str|bytes|unicode|list|dict|tuple|set|type|struct|void|callable"
    r"|[\w.]*ndarray|\w+_t|npy_\w+|intp|Py_\w+|[A-Z]\w*|[\w.]+\.\w+)(?:\[[\w.,:= ]*\])?"
)
_DECORATION = {"unsigned", "const", "signed"}


class NoSignatureError(Exception):
    """A text is not the parameter list that it looked like."""


@dataclass(frozen=True, slots=True)
class _Item:
    text: str
    optional: bool


def read_call(inner: str, returns: str | None) -> Iterator[Signature]:
    """Yield the signatures that one line says: two where the first parameters may be left out.

    Args:
        inner: What stands between the parentheses.
        returns: What follows the arrow.

    Raises:
        NoSignatureError: It is no parameter list.
    """
    items = [one for one in _items(" ".join(inner.split())) if one.text]
    if items and _SELF.fullmatch(items[0].text):
        items = items[1:]
    if len(items) > _MOST_PARAMETERS:
        raise NoSignatureError
    leading = next((place for place, one in enumerate(items) if not one.optional), len(items))
    if 0 < leading < len(items) and _is_required(items[leading].text):
        # `arange([start,] stop[, step])`
        yield _signature(items[leading:], returns)
        items = [_Item(one.text, optional=False) for one in items[:leading]] + items[leading:]
    yield _signature(items, returns)


def _items(inner: str) -> Iterator[_Item]:
    """Yield the parameters; brackets around one or more say that they may be left out."""
    start = place = groups = 0
    optional = False
    opened: list[str] = []
    while place < len(inner):
        mark = inner[place]
        if mark in "'\"":
            place = max(inner.find(mark, place + 1), place)
        elif mark == "[" and not opened and _is_group(inner, start, place):
            if inner[start:place].strip():
                yield _Item(inner[start:place].strip(), optional)
            groups, optional, start = groups + 1, True, place + 1
        elif mark == "]" and not opened and groups:
            yield _Item(inner[start:place].strip(), optional)
            groups -= 1
            optional, start = groups > 0, place + 1
        elif mark in _PAIRS and (mark != "<" or inner[place - 1 : place] in {"=", " "}):
            opened.append(_PAIRS[mark])
        elif opened and mark == opened[-1]:
            opened.pop()
        elif mark == "," and not opened:
            yield _Item(inner[start:place].strip(), optional)
            start = place + 1
        place += 1
    yield _Item(inner[start:].strip(), optional)


def _is_group(inner: str, start: int, place: int) -> bool:
    return not inner[start:place].strip() or inner[place + 1 :].lstrip().startswith(",")


def _is_required(text: str) -> bool:
    return "=" not in text and not text.startswith(("*", "/", "."))


def _signature(items: Sequence[_Item], returns: str | None) -> Signature:
    parameters: list[Parameter] = []
    kind = ParameterKind.POSITIONAL
    for place, item in enumerate(items):
        text = item.text
        if text == "/":
            parameters = _unnamed(parameters)
        elif text == "*" and kind is ParameterKind.POSITIONAL:
            kind = ParameterKind.KEYWORD
        elif text in {"...", "…"}:
            _and_so_on(parameters, kind)
        elif parameters and parameters[-1].kind is ParameterKind.VARIADIC and _ends(items, place):
            continue  # `d0, d1, ..., dn`
        elif text.startswith("**"):
            parameters.append(Parameter(name=_name(text[2:]), kind=ParameterKind.VARIADIC_KEYWORD))
        elif text.startswith("*"):
            parameters.append(Parameter(name=_name(text[1:]), kind=ParameterKind.VARIADIC))
            kind = ParameterKind.KEYWORD
        elif text.startswith("("):
            parameters = _unnamed(parameters)
            parameters.append(_nameless(text, place, optional=item.optional))
        else:
            parameters.append(_parameter(item, kind))
            if keyword.iskeyword(parameters[-1].name):
                parameters = _unnamed(parameters)  # `lambda=0.0`: nobody can write it
    check_order(parameters)
    stated = None if returns is None else type_of(returns, _nothing, accepted=False)
    shown = None if stated is None else str(stated)
    return Signature(parameters=tuple(parameters), returns=shown, tier=Tier.DOCSTRING if shown else Tier.RUNTIME)


def _unnamed(parameters: Sequence[Parameter]) -> list[Parameter]:
    placed = {ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY}
    if any(one.kind not in placed for one in parameters):
        raise NoSignatureError
    return [one.model_copy(update={"kind": ParameterKind.POSITIONAL_ONLY}) for one in parameters]


def _and_so_on(parameters: list[Parameter], kind: ParameterKind) -> None:
    # `a1, a2, ...` are as many as one likes, and `op1=f1, op2=f2, ...` by any name; after anything else, who knows.
    stem = None
    has_defaults = False
    while parameters and kind is ParameterKind.POSITIONAL:
        match = _ENUMERATED.fullmatch(parameters[-1].name)
        if match is None or stem not in {None, match[1]}:
            break
        stem = match[1]
        has_defaults |= parameters.pop().default is not None
    if stem is not None and not has_defaults:
        parameters.append(ARGUMENTS)
    elif stem is not None or kind is ParameterKind.KEYWORD or (parameters and parameters[-1].default is not None):
        parameters.append(KEYWORDS)
    else:
        parameters += [ARGUMENTS, KEYWORDS]


def _ends(items: Sequence[_Item], place: int) -> bool:
    return items[place - 1].text in {"...", "…"} and _ENUMERATED.fullmatch(items[place].text) is not None


def _nameless(text: str, place: int, *, optional: bool) -> Parameter:
    # `concatenate((a1, a2, ...), axis=0)`: one argument that holds several, and has no name.
    if not text.endswith(")"):
        raise NoSignatureError
    default = UNTOLD if optional else None
    return Parameter(name=f"arg{place + 1}", kind=ParameterKind.POSITIONAL_ONLY, default=default)


def _parameter(item: _Item, kind: ParameterKind) -> Parameter:
    left, equals, right = item.text.partition("=")
    name, colon, annotation = left.partition(":")
    stated: types.Type | None
    if colon and "[" not in name:
        stated = type_of(annotation, _nothing, accepted=True)
    else:
        *before, name = left.replace("*", " ").split() or [""]
        stated = _of_c(" ".join(before), is_pointer="*" in left)
    default = _default(right.strip()) if equals else UNTOLD if item.optional else None
    if stated is not None:
        stated = reconcile(stated, default)
    shown = None if stated is None else str(stated)
    tier = Tier.DOCSTRING if shown else Tier.RUNTIME
    return Parameter(name=_name(name), kind=kind, default=default, type=shown, tier=tier)


def _of_c(text: str, *, is_pointer: bool) -> types.Type | None:
    words = [one for one in text.split() if one not in _DECORATION]
    if not all(map(_C_TYPE.fullmatch, words)):
        raise NoSignatureError
    address = _NUMBERS.get(words[-1]) if words and not is_pointer else None
    return None if address is None else types.Name(address)


def _name(text: str) -> str:
    name = text.partition(":")[0].strip()
    if not _WORD.fullmatch(name):
        raise NoSignatureError
    return name


def _default(text: str) -> Default:
    bare = text.removeprefix("np.").removeprefix("numpy.")
    if bare in {"nan", "inf", "-inf"}:
        return Default(literal=bare)
    if len(text) > _LONGEST_LITERAL:
        return UNTOLD
    try:
        value: object = ast.literal_eval(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNTOLD
    is_plain = value is None or isinstance(value, bool | int | float | complex | str | bytes | tuple | list | dict)
    return Default(literal=repr(value)) if is_plain else UNTOLD


def check_order(parameters: Sequence[Parameter]) -> None:
    """Refuse parameters that no function could have.

    Raises:
        NoSignatureError: Their kinds or defaults are in no valid order, or a name stands twice.
    """
    order = list(ParameterKind)
    ranks = [order.index(one.kind) for one in parameters]
    names = [one.name for one in parameters]
    placed = [
        one.default is not None for one in parameters if order.index(one.kind) < order.index(ParameterKind.VARIADIC)
    ]
    rests = [one.kind for one in parameters if one.kind in {ParameterKind.VARIADIC, ParameterKind.VARIADIC_KEYWORD}]
    if (
        ranks != sorted(ranks)
        or len(set(names)) < len(names)
        or placed != sorted(placed)
        or len(set(rests)) < len(rests)
    ):
        raise NoSignatureError


def _nothing(_name: str) -> None:
    return None
