"""Offers names that it makes when they are asked for."""

__all__ = ["made", "missing", "not-a-name", "refuses"]


def _make():
    """Made on demand."""


def __getattr__(name):
    if name == "made":
        return _make
    if name == "refuses":
        raise SystemExit(5)
    if name == "crashes":
        import ctypes

        ctypes.string_at(0)
    if name == "late":
        return 7
    raise AttributeError(name)


def __dir__():
    return [*__all__, "crashes", "late"]
