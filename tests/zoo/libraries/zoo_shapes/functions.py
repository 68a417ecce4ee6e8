import contextlib
import functools
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple, TypeVar, Union

from zoo_shapes.classes import Colour, Point

if TYPE_CHECKING:
    from elsewhere import Unknown

T = TypeVar("T")
Number = Union[int, float]
LIMITS = {"low": 1, "high": (2.5, None)}
SENTINEL = object()


def every_kind(a, b=1, *args, c, d=None, **kwargs):
    """Every parameter kind that any Python can spell."""


def positional(a, b=2, /, c=3): ...


def defaults(
    text="it's",
    data=b"\xff",
    real=float("nan"),
    infinite=float("-inf"),
    whole=10**20,
    imaginary=1j,
    dots=...,
    pair=(1, "two"),
    nested={"k": [1, None]},
    sentinel=SENTINEL,
    cls=Point,
    member=Colour.RED,
    many=frozenset({1}),
): ...


def annotated(
    a: int,
    b: Optional[str] = None,
    c: "Union[int, List[str]]" = 0,
    d: Callable[[int, str], bool] = None,
    e: Tuple[int, ...] = (),
    f: Dict[str, Any] = None,
    g: "Unknown" = None,
    h: "List[Unknown]" = None,
    i: T = None,
    j: "Number" = 0,
    k: "not a type!" = None,
    l: "Point" = None,
) -> "Point": ...


async def coroutine(): ...


def generator():
    yield 1


async def async_generator():
    yield 1


@contextlib.contextmanager
def manager(path):
    yield path


@contextlib.asynccontextmanager
async def async_manager(path):
    yield path


def _decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@_decorated
def wrapped_generator(n):
    yield n


partial = functools.partial(every_kind, 1)


@functools.lru_cache(maxsize=None)
def remembered(key): ...


class _Ufunc:
    """What its class says."""

    def __call__(self, x, out=None): ...


ufunc = _Ufunc()


def old(): ...


old.__deprecated__ = "use new"
