"""Objects that have every attribute, and one module that does too."""

import sys
import types


class Expression:
    """Answers anything with another one of itself."""

    def __init__(self, name="root"):
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name):
        return Expression(name)

    def __getitem__(self, key):
        return Expression("item")

    def __eq__(self, other):
        return Expression("eq")

    def __bool__(self):
        raise TypeError("the truth of an expression is ambiguous")

    __hash__ = None


class Column(Expression):
    """Can be called as well."""

    def __call__(self, *names: str) -> "Expression":
        return self


class Proxy:
    """Says it is an int."""

    @property
    def __class__(self):
        return int

    @property
    def __doc__(self):
        raise KeyboardInterrupt

    @property
    def __dict__(self):
        raise SystemExit


everything = Expression()
col = Column()
pretender = Proxy()


class _Module(types.ModuleType):
    def __getattr__(self, name):
        if name == "__path__":
            raise AttributeError(name)
        return Expression(name)


conjurer = _Module("tricky.conjurer", "Has every name.")
conjurer.real = lambda x: x
conjurer.real.__module__ = "tricky.conjurer"
conjurer.real.__qualname__ = "real"
sys.modules["tricky.conjurer"] = conjurer
