"""Has a stub beside it, which knows better in most things."""

import asyncio
import math

__all__ = [
    "Box", "Operation", "Stack", "add", "again", "branches", "by_platform", "clipped", "compiled", "described", "drifted",
    "forgotten", "join", "later", "old", "old_overload", "opaque", "opened", "overloaded", "partly", "placed",
    "placed_later", "pi_like", "reordered", "stated", "table", "variadic_too",
]


def opaque(*args, **kwargs):
    """Pass everything on."""


def variadic_too(*args):
    pass


def overloaded(value, strict=False, *, key=None):
    pass


def drifted(first, second=2):
    pass


def reordered(a, b, c=None):
    pass


def placed(x, y, /):
    pass


def placed_later(x, y):
    pass


def stated(x: int) -> int:
    pass


def partly(x: "NoSuchName", y) -> "list":
    pass


def forgotten(x):
    pass


def branches(x):
    pass


def by_platform(x):
    pass


def old(x):
    pass


def old_overload(x):
    pass


def described(x):
    pass


def join(parts, sep=" "):
    pass


def clipped(x, low=0, high=None):
    pass


again = overloaded


async def later(x):
    await asyncio.sleep(0)


def opened(path):
    yield path


class Operation:
    """Is applied element by element."""

    def __call__(self, *args, **kwargs):
        return args

    def reduce(self, values, axis=0):
        pass


add = Operation()
pi_like = 3.14
table = {}


class Box:
    limit = 10
    hypotenuse = staticmethod(math.hypot)

    def __init__(self, *args, **kwargs):
        self.depth = 1

    def get(self, key, default=None):
        pass

    @property
    def width(self):
        raise SystemExit

    @classmethod
    def parse(cls, text):
        pass

    @staticmethod
    def check(value):
        pass

    def __getitem__(self, key):
        pass

    def __add__(self, other):
        return self


class Stack:
    def push(self, item):
        return self


compiled = Box.hypotenuse
