# What an import does to the process it happens in, beside defining a module.
#
# Guarantees: the working folder is put back, and the environment unless the library's root changed it, on which its
# submodules may rely. The output's file tells that something was printed.

from __future__ import annotations

import locale
import os
import random
import signal
import sys
import threading
import warnings
from typing import Any

from ._reading import attempt, read, sorted_names

# What libraries draw on import is the same each time.
random.seed(0)
_draws = random.Random(0).getrandbits  # noqa: S311
os.urandom = lambda size: _draws(size * 8 or 1).to_bytes(size or 1, "big")[:size]
vars(random)["_urandom"] = os.urandom
_START = threading.Thread.start
_noted: set[str] = set()
_begun: list[Any] = []


def _started(thread: Any) -> None:
    _begun.append(thread)
    _START(thread)


class Watch:
    def __init__(self) -> None:
        _noted.clear()
        _begun.clear()
        warnings.showwarning = lambda *_, **__: _noted.add("warned")  # libraries reset the filters
        warnings.simplefilter("always")
        threading.Thread.start = _started  # type: ignore[method-assign, assignment]
        self._before = self._state()

    def end(self, folder: str, *, is_root: bool) -> list[str]:
        """Return what changed, and put back what can be."""
        if threading.Thread.__dict__.get("start") is _started:
            threading.Thread.start = _START  # type: ignore[method-assign]
        for one in _begun:
            attempt(one.join, 0.1)  # one that ends at once leaves nothing behind
            if attempt(one.is_alive):
                _noted.add("threads")
        warnings.simplefilter("ignore")
        for stream in (sys.stdout, sys.stderr):
            attempt(read(stream, "flush"))
        before, now = self._before, self._state()
        _noted.update(name for name in {**before, **now} if before.get(name) != now.get(name))
        attempt(os.chdir, folder)
        for name in () if is_root else _noted:
            head, _, variable = name.partition(":")
            if head == "environment":
                os.environ.pop(variable, None)
                os.environ.update({variable: before[name]} if name in before else {})
        return sorted_names(_noted)

    def _state(self) -> dict[str, Any]:
        return {
            "directory": attempt(os.getcwd),
            "locale": attempt(locale.setlocale, locale.LC_ALL),
            "printed": os.lseek(1, 0, os.SEEK_CUR),
            "signals": [id(signal.getsignal(one)) for one in sorted(signal.valid_signals())],
            **{f"environment:{name}": value for name, value in dict(os.environ).items()},
        }
