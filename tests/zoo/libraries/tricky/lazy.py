"""Makes names on request."""

import sys


def eager(x):
    pass


def __getattr__(name):
    if name in ("heavy", "light"):
        def made(data, *, deep=False):
            """Made on request."""

        made.__name__ = made.__qualname__ = name
        globals()[name] = made
        return made
    if name == "broken":
        raise OSError("no such plug-in")
    if name in ("__path__", "__wrapped__"):
        raise AttributeError(name)
    # A module that answers everything else too: nobody may ask it for names it did not offer.
    sys.modules["tricky.lazy"].__dict__.setdefault("_asked", []).append(name)
    return 42


def __dir__():
    return ["light", "heavy", "broken", "eager"]
