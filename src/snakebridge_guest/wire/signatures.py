"""Signatures of live callables, as data: for whoever asks `help` or `inspect` about what is on the other side."""

from __future__ import annotations

import inspect
from typing import Any

from snakebridge_guest.wire import frames

_KINDS = {int(kind): kind for kind in inspect._ParameterKind}


def describe(value: Any) -> list[Any]:
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


def build(described: Any) -> inspect.Signature:
    """Return the signature that `describe` described on the other side."""
    parameters, returned = described
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [
            inspect.Parameter(
                name,
                _KINDS[kind],
                default=default if has_default else empty,
                annotation=annotation[0] if annotation else empty,
            )
            for name, kind, has_default, default, annotation in parameters
        ],
        return_annotation=returned[0] if returned else empty,
    )


def _annotation(annotation: Any) -> list[Any]:
    # None when there is none; built-in classes are the same on both sides, anything else is its text.
    if annotation is inspect.Signature.empty:
        return []
    if annotation is None or isinstance(annotation, str):
        return [annotation]
    if isinstance(annotation, type) and annotation in frames.PLAIN_CLASSES:
        return [annotation]
    return [inspect.formatannotation(annotation)]
