# Signatures of remote callables: what the worker tells, as `inspect` has it.

from __future__ import annotations

import inspect
from typing import Any

__all__ = ["signature"]

_KINDS = {int(kind): kind for kind in inspect._ParameterKind}  # noqa: SLF001 - the only list of them


def signature(told: Any) -> inspect.Signature:
    """Return the signature that the guest's `signature` tells."""
    parameters, returned = told
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
