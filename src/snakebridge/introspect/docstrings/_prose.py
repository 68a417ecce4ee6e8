# What prose says of a type (`int or None`, `{'a', 'b'}, optional`, `(n,) ndarray of floats`) → its parts.
#
# Reading stops at the first word that is not understood, and then nothing is said: a wrong type is worse than none.
# Only what a container holds may be unknown, since the container is certain without it.
#
# Guarantees: bounded time (a text has at most `_LONGEST` characters and is nested at most `_DEEPEST` deep); no look-up,
# so the same text always gives the same parts, which are kept: the docstrings of a library repeat each other.

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings._nested import read_annotation, read_container, read_tuple
from snakebridge.introspect.docstrings._parts import (
    Either,
    Holds,
    NotUnderstoodError,
    Part,
    choice,
    either,
    is_ambiguous,
)
from snakebridge.introspect.docstrings._phrases import (
    array_noun,
    bare,
    cut,
    is_array,
    is_aside,
    is_none_by_default,
    is_shape,
    plain,
    without_head,
)
from snakebridge.introspect.docstrings._vocabulary import ARRAYS, CONTAINERS, ELEMENTS, PLURALS, REJECTED, WORDS, Asked
from snakebridge.manifest import types

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 500
_DEEPEST = 6
_SENTENCE = 4
_LONGEST_NUMBER = 20
_FLOAT = types.Name("builtins:float")
_CALL = re.compile(r"(?:callable|function|func)\b(?!s? of\b)\s*(?:object\s*)?[(\w`].*", re.IGNORECASE)
_GENERIC = re.compile(r"([^\W\d][\w.\-]*)\s?\[(.*)\]", re.DOTALL)
_SPARSE = re.compile(r"(?:scipy\.sparse\.)?((?:csr|csc|coo|dok|lil|dia|bsr)_(?:matrix|array)|spmatrix|sparray)")
_CLASS = re.compile(r"(?:[^\W\d]\w*\.)*_?[A-Z]\w*[a-z]\w*")
_LABELLED = re.compile(r"(?P<word>[^\W\d]\w*)\s*\(\s*(?P<number>-?\d{1,9})\s*\)")
_REAL = re.compile(r"-?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|-?\d+[eE][+-]?\d+")
_QUOTED = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_CONSTRUCTOR = re.compile(r"(?:networkx\s+)?graph\s+constructor", re.IGNORECASE)


@functools.lru_cache(maxsize=16384)
def read_prose(text: str, *, accepted: bool, several: bool) -> Part | None:
    """Return what a text says of a type.

    Args:
        text: As it stands in the docstring.
        accepted: It says what is accepted; what is returned is read more narrowly.
        several: It is about several parameters, or one that takes several, and a plural says what each is.
    """
    if len(text) > _LONGEST or "\0" in text:
        return None
    try:
        return _Reader(accepted=accepted, several=several).alternatives(plain(text), 0)
    except NotUnderstoodError:
        return None


class _Reader:
    def __init__(self, *, accepted: bool, several: bool) -> None:
        self.accepted = accepted
        self.several = several

    def alternatives(self, text: str, depth: int) -> Part:
        """Read a whole text.

        Raises:
            NotUnderstoodError: It says nothing certain.
        """
        pieces = self._without_asides(cut(text))
        if depth > _DEEPEST or not (pieces if self.accepted else self._is_one_result(text, pieces)):
            raise NotUnderstoodError
        found = self._read([one for piece in pieces for one in self._without_shapes(piece)], depth)
        if depth == 0 and len(pieces) == 1 and text.lstrip("-").isdigit():
            raise NotUnderstoodError  # an example or a default, not the only choice
        return found

    def _read(self, texts: list[str], depth: int, *, is_set: bool = False) -> Part:
        found: list[Part] = []
        for place, text in enumerate(texts):
            part = self._one(text, depth, is_set=is_set)
            if place and is_ambiguous(texts[place - 1], found[-1], part):
                raise NotUnderstoodError
            found.append(part)
        if not found:
            raise NotUnderstoodError
        return either(found)

    def _is_one_result(self, text: str, pieces: list[list[str]]) -> bool:
        # `A list of the names, sorted.` is a sentence; `ndarray, float` is one or the other, or both in a tuple.
        is_sentence = text.endswith(".") and text.count(" ") >= _SENTENCE
        return bool(pieces) and not is_sentence and not (len(pieces) > 1 and len(pieces[-1]) == 1)

    def _without_asides(self, pieces: list[list[str]]) -> list[list[str]]:
        kept = pieces[:1]
        has_none = False
        for place, piece in enumerate(pieces[1:], 1):
            whole = " or ".join(piece)
            if whole.startswith("with ") and pieces[-1][-1].endswith("dtype") and is_array(pieces[0][0]):
                break  # `array_like, with bytes_, or str_ dtype`
            if is_aside(whole):
                has_none = has_none or is_none_by_default(whole)
            elif not (self.accepted and place == 1 and whole.lower() in ELEMENTS and is_array(" or ".join(pieces[0]))):
                kept.append(piece)  # and not the elements, as in `array_like, int`
        return [*kept, ["None"]] if has_none else kept

    def _without_shapes(self, piece: list[str]) -> Iterator[str]:
        # `(M,) or (M, K) array_like`, `array_like of shape (M,) or (M, K)`
        for place, text in enumerate(piece):
            around = (*piece[max(place - 1, 0) : place], *piece[place + 1 : place + 2])
            if not is_shape(text) or not any(is_array(one) or "shape" in one for one in around):
                yield text

    # --- One alternative ---

    def _one(self, text: str, depth: int, *, is_set: bool = False) -> Part:
        if depth > _DEEPEST:
            raise NotUnderstoodError
        shorter = bare(text)
        found = (
            self._constant(text, is_set=is_set)
            or self._word(text, depth)
            or (types.Name("typing:Callable") if _CALL.fullmatch(text) else None)
            or (self._constant(shorter, is_set=is_set) if shorter != text else None)
            or self._phrase(shorter, depth)
        )
        if found is not None:
            return found
        rest = without_head(shorter)
        if rest == shorter:
            raise NotUnderstoodError
        return self._one(rest, depth + 1, is_set=is_set)

    def _phrase(self, text: str, depth: int) -> Part | None:
        noun = array_noun(text)
        return (
            self._word(text, depth)
            or self._set(text, depth)
            or self._generic(text, depth)
            or read_tuple(text, depth, self.alternatives)
            or (self._word(noun, depth + 1) if noun is not None else None)
            or read_container(text, depth, self.alternatives)
            or self._class(text, depth)
        )

    def _constant(self, text: str, *, is_set: bool) -> Part | None:
        quoted = _QUOTED.fullmatch(text)
        if quoted is not None:
            return choice(quoted[1] if quoted[1] is not None else quoted[2])
        if text in {"True", "False"}:
            return choice(text == "True")
        if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < _LONGEST_NUMBER:
            return choice(int(text)) if is_set or self.accepted else None
        if _REAL.fullmatch(text):
            return _FLOAT
        labelled = _LABELLED.fullmatch(text) if is_set else None
        return None if labelled is None else either([choice(labelled["word"]), choice(int(labelled["number"]))])

    def _word(self, text: str, depth: int) -> Part | None:
        word = text.lower()
        singular = word.removesuffix("s")
        is_plural = word in PLURALS or (singular != word and singular in CONTAINERS and word not in CONTAINERS)
        if is_plural and depth == 0 and not self.several:
            raise NotUnderstoodError  # `ints`: so many of what?
        found = WORDS.get(word) or ARRAYS.get(word)
        if found is not None:
            meaning = found.accepted if self.accepted else found.returned
            if meaning is None:
                raise NotUnderstoodError
            part: Part = Either(meaning) if isinstance(meaning, tuple) else meaning
            return _own_first(text, part) if word != "none" else part
        address = CONTAINERS.get(word) or CONTAINERS.get(singular)
        if address is not None:
            return _own_first(text, types.Name(address))
        if self.accepted and _CONSTRUCTOR.fullmatch(text):
            graph = Asked(("networkx.Graph",))  # whose functions take a graph as well, which is then emptied
            return Either((graph, Holds("builtins:type", (graph,))))
        return None

    def _set(self, text: str, depth: int) -> Part | None:
        if text[:1] == "{" and text[-1:] == "}":
            inner = text[1:-1].strip().removeprefix("{").removesuffix("}")
            return self._read([one for piece in cut(inner) for one in piece], depth + 1, is_set=True)
        head, brace, _ = text.partition(" {")
        return self._one(head, depth + 1) if brace and text[-1] == "}" and " " not in head else None

    def _generic(self, text: str, depth: int) -> Part | None:
        match = _GENERIC.fullmatch(text)
        if match is None:
            return None
        return self._one(match[1], depth + 1) if is_array(match[1]) else read_annotation(text, depth, self.alternatives)

    def _class(self, text: str, depth: int) -> Part | None:
        sparse = _SPARSE.fullmatch(text)
        if sparse is not None:
            return Asked((f"scipy.sparse.{sparse[1]}",))
        if text in REJECTED or not _CLASS.fullmatch(text):
            return None
        return Asked((text, text.removesuffix("s")) if depth else (text,))


def _own_first(text: str, part: Part) -> Part:
    # A library's own class wins over the noun: `Tuple` of sympy.
    if not _CLASS.fullmatch(text) or not isinstance(part, types.Name | types.Union):
        return part
    return Asked((text, text.removesuffix("s")), otherwise=part)
