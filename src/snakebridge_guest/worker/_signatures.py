# Signatures of live objects, as data: for whoever asks `help` or `inspect.signature` about a proxy.
from __future__ import annotations

import inspect
from typing import Any

from snakebridge_guest.wire import frames


def signature(value: Any) -> list[Any]:
    """Return `[[name, kind, has default, default, annotation], ...]` and the return annotation, as one pair.

    Raises:
        TypeError, ValueError: It has none; as `inspect.signature` says.
    """
    found = inspect.signature(value)
    empty = inspect.Parameter.empty
    parameters = [
        [
            each.name,
            int(each.kind),
            each.default is not empty,
            None if each.default is empty else each.default,
            _annotation(each.annotation),
        ]
        for each in found.parameters.values()
    ]
    return [parameters, _annotation(found.return_annotation)]


def _annotation(annotation: Any) -> list[Any]:
    # None when there is none; built-in classes are the same on both sides, anything else is its text.
    if annotation is inspect.Signature.empty:
        return []
    if annotation is None or isinstance(annotation, str):
        return [annotation]
    if isinstance(annotation, type) and annotation in frames.PLAIN_CLASSES:
        return [annotation]
    return [inspect.formatannotation(annotation)]
