# Prose as text: cut into alternatives, freed of what is no type (shapes, defaults, adjectives, asides, markup).
#
# Assumes texts of a few hundred characters, which the caller sees to; no pattern here looks back further than that.

from __future__ import annotations

import re

from snakebridge.introspect.docstrings._parts import NotUnderstoodError
from snakebridge.introspect.docstrings._vocabulary import ARRAYS

_MARKUP = re.compile(r":(?:\w+:){1,2}`[~!.]*(?:[^`<]*<)?~?\.?([^`<>]*)>?`|``([^`]*)``|`~?([^`]*)`_{0,2}")
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})
_ARRAY_LIKE = re.compile(r"(?<=array)[- ](?=like)", re.IGNORECASE)
_MARK = re.compile(
    r"""(?<![\w'"])'[^']*'|(?<![\w'"])"[^"]*"|[\[({]|[\])}]|[,;|]|\s+or\s+|\s+/\s+
    |(?<=[a-zA-Z])/(?=[a-zA-Z])|(?<=['"])/(?=['"])""",
    re.VERBOSE,
)
_LEADING_OR = re.compile(r"^(?:(?:and/)?or(?:\s+|$)|and\s+(?=None$))")
_ASIDE = re.compile(
    r"""optional|required|default|keyword|(?:of\ )?(?:shape|length|size|len|ndim|dtype)\b\s*\S|same|with|positive
    |non-?\s?negative|strictly|greater|less|at\ least|at\ most|between|in\ |must|should|where|when|e\.g|i\.e|see|if
    |compatible|deprecated|[<>=≥≤]|[\d.]+\s*[<>-]|[\dn]-?d\b|ndim|\d\ dimensions|(?:one|two|\d)[\ -]dimensional
    |real-valued|by\ |depending|broadcast|possibly|usually|typically|not\ |ignored|only|unless|which
    |that\ |for\b
    |contiguous|c-contiguous|values?\ (?:in|of|between|must|should)|finite|increasing|decreasing|sorted|inclusive
    |exclusive|read-?only|immutable|units?\b""",
    re.VERBOSE | re.IGNORECASE,
)
_DEFAULT_IS_NONE = re.compile(r"default\w*[\s:=]*(?:is\s)?(?:to\s)?none\)?", re.IGNORECASE)
_SHAPE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TAIL = re.compile(
    r"""\s*[,(]?\s*\b(?:optional|required)\)?\.?$
    |\s*\(\s*(?:optional|default|required|keyword)\b.*\)$
    |\s+default\b.*$
    |\s+(?:instances?|subclass|subtype)$
    |\s+(?:with|containing|specifying|representing|such\ as|that|which|where|for|from|in|between|greater|less|larger
        |smaller|whose|describing|giving|defining|returning|accepting|taking|used|to|corresponding|implementing|compatible
        |when|if)\s.*$
    |\s*(?:(?<![-=])[<>]=?|!=|≥|≤)\s*\S.*$
    |,?\s+(?:of|with|,)?\s*\(?(?:shape|length|len|size|dtype)\b.*$""",
    re.VERBOSE | re.IGNORECASE,
)
_HEAD = re.compile(
    r"""^(?:an?|the|any|one\ of|either|input|output|some|optional|new|instances?\ of(?:\ the)?|class\ instance\ of
    |strictly|positive|non-?\s?negative|negative|non-?zero|finite|small|even|odd|unsigned|single|valid|named
    |numpy|scipy|networkx|pandas|python|optionally|non-?empty|existing|sorted|compiled|other
    |another|flat|nested|callback|user-defined|user-supplied)\s+(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
_NOUN = re.compile(r"(?!(?:no|not|same|the|any)\b)[\w-]+ (function|callable|dictionary|dict)", re.IGNORECASE)
_FILLER = re.compile(
    r"""^(?:c-contiguous|contiguous|square|symmetric|hermitian|real|complex|float|floating|int|integer|bool|boolean|dense
    |masked|string|str|object|binary|numeric|numerical|(?:real|complex|integer|boolean)-valued|rank-\d|unit
    |(?:\d|[nmd]|one|two|three)[\ -]?d(?:imensional)?|[\d.]+\s*x\s*[\d.]+|datetime64\[?\w*\]?
    |1-or-2-d|label\ indicator|u?int\d+|float\d+|\([^()]*\)|\[[^\[\]]*\])[\s,-]+(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
_MAPPED = re.compile(r"(?:dict|dictionary|mapping)\b.*\ to\ ", re.IGNORECASE)
_AROUND_ARRAY = re.compile(
    r"\s*\(.*\)$|\s*\[.*\]$|^(?:numpy|scipy|dense|input|output)\s+|\s+(?:of|with|shape)\b.*$", re.IGNORECASE
)
_PARENTHESES_MEAN = ("(", "tuple", "dict", "list", "pair")


def plain(text: str) -> str:
    """Return a text without markup, with single spaces and straight quotes."""
    text = _MARKUP.sub(lambda match: next(one for one in match.groups() if one is not None), text)
    return _ARRAY_LIKE.sub("_", " ".join(text.translate(_QUOTES).split())).strip(" :")


def cut(text: str) -> list[list[str]]:
    """Cut at commas, and each piece at `or`, `|` and `/`; nothing is cut inside brackets or quotes.

    Raises:
        NotUnderstoodError: Its brackets are not balanced.
    """
    pieces: list[list[str]] = [[]]
    depth = start = 0
    for mark in _MARK.finditer(text):
        shown = mark[0].strip()
        if shown in {"[", "(", "{"}:
            depth += 1
        elif shown in {"]", ")", "}"}:
            depth -= 1
            if depth < 0:
                raise NotUnderstoodError
        elif depth == 0 and shown[0] not in "'\"":
            pieces[-1].append(text[start : mark.start()])
            start = mark.end()
            if shown in {",", ";"}:
                pieces.append([])
    if depth:
        raise NotUnderstoodError
    pieces[-1].append(text[start:])
    cleaned = ([_LEADING_OR.sub("", one.strip()) for one in piece] for piece in pieces)
    return [found for piece in cleaned if (found := [one for one in piece if one])]


def is_aside(text: str) -> bool:
    """Tell whether what follows a comma describes the type before, and is no alternative to it."""
    return _ASIDE.match(text) is not None or is_shape(text)


def is_none_by_default(text: str) -> bool:
    """Tell whether an aside says that the default is `None`."""
    return _DEFAULT_IS_NONE.fullmatch(text) is not None


def is_shape(text: str) -> bool:
    """Tell whether a text is only a shape."""
    return text[:1] in {"(", "["} and _SHAPE.fullmatch(bare(text)) is not None


def bare(text: str) -> str:
    """Return a text without what follows the type: `(n,)`, `optional`, `of shape (n,)`, `in [0, 1]`, `instance`."""
    if _MAPPED.match(text):
        return text
    while (shorter := _TAIL.sub("", text, count=1).strip()) not in {"", text} and _is_balanced(shorter):
        text = shorter
    if text.endswith(")") and text.count("(") == 1 and not text.lower().startswith(_PARENTHESES_MEAN):
        text = text[: text.index("(")].strip() or text
    return text.strip(" .")


def _is_balanced(text: str) -> bool:
    pairs = all(text.count(left) == text.count(right) for left, right in ("()", "[]", "{}"))
    return pairs and text.count("'") % 2 == 0 and text.count('"') % 2 == 0


def without_head(text: str) -> str:
    """Return a text without one article, adjective or library's name before the type."""
    noun = _NOUN.fullmatch(text)
    if noun is not None:
        return noun[1]
    shorter = _HEAD.sub("", text, count=1)
    return shorter.removesuffix(" object") if shorter == text else shorter


def array_noun(text: str) -> str | None:
    """Return the noun of an array that shapes and element types surround: `(n,) float ndarray of ...` → `ndarray`."""
    found = text
    while (shorter := _FILLER.sub("", found, count=1)) != found:
        found = shorter
    head, of, rest = found.partition(" of ")
    if of and rest.startswith(("the same", "unknown")):
        return None
    noun = _AROUND_ARRAY.sub("", _AROUND_ARRAY.sub("", head.lower())).strip()
    return next((one for one in (noun, noun.removesuffix("s")) if one in ARRAYS), None)


def is_array(text: str) -> bool:
    """Tell whether a text is about an array, or starts a choice of them."""
    return array_noun(text.removeprefix("{").partition(",")[0]) is not None or array_noun(text) is not None
