# Warm-up: what a worker does after it knows what to be and before it says that it is ready, so that no call waits for
# it: import libraries, read a model, fill a cache.
#
# Guarantees: a worker whose warm-up fails never gets a call. Assumes: the host answers nothing yet, so what runs here
# can use neither its tools nor its objects.
from __future__ import annotations

import importlib
import sys
import traceback
from typing import Any


def warm_up(targets: list[str]) -> str:
    """Import modules, and call functions that are named `module:function`; return what failed, or nothing.

    Args:
        targets: In order.
    """
    for target in targets:
        module, _, name = target.partition(":")
        try:
            found: Any = importlib.import_module(module)
            for part in name.split(".") if name else ():
                found = getattr(found, part)
            if name:
                found()
        except BaseException as error:  # whatever a library raises, SystemExit as well
            traceback.print_exc()
            return "its warm-up failed: " + target + " raised " + type(error).__name__ + ": " + str(error)
    return ""


def has_gil() -> bool:
    """Return whether threads of this process take turns: a free-threaded build may have it as well."""
    is_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_enabled is None or bool(is_enabled())
