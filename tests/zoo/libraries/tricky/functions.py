"""Functions and what stands for them."""

import asyncio
import contextlib
import enum
import functools
import operator

__all__ = [
    "agenerator", "amanager", "both_partials", "bracketed", "chained", "coroutine", "cyclic", "decorated_coroutine", "defaults",
    "dispatched", "double", "dressed", "every_kind", "faked", "first_bound", "generator", "google_style", "hidden_keyword",
    "instance_defaults", "keyword_bound", "manager", "named_like_builtins", "narrowed", "nested_partial", "numpy_style",
    "odd_names", "old", "older", "overloaded_lines", "pick", "placed", "promised", "remembered", "shout", "sphinx_style", "star_only",
    "unannounced", "unsaid", "waited", "wide",
]


def every_kind(a, b=1, *args, c, d=None, **kwargs):
    """Take one of each."""


def placed(a, b=2, /, c=3, *, d=4):
    """Take two by place only."""


def star_only(*, key, other=1):
    pass


class Level(enum.Enum):
    LOW = 1


class _Unequal:
    def __eq__(self, other):
        raise RuntimeError("never compare a default")

    def __bool__(self):
        raise RuntimeError("never ask a default for its truth")

    def __repr__(self):
        raise RuntimeError("never show a default")

    __hash__ = None


def _helper():
    pass


def defaults(
    real=float("nan"), infinite=float("-inf"), member=Level.LOW, cls=dict, function=_helper, anonymous=lambda: 0,
    sentinel=object(), mutable=[1, 2], table={"a": (1, None)}, unordered={3, 1, 2}, huge=list(range(10_000)),
    text="it's", raw=b"\xff", dots=...,
):
    pass


def instance_defaults(hostile=_Unequal(), sequence=tuple([_Unequal()]), address=repr(object())):
    pass


def named_like_builtins(list, dict=None, type=None, *, str="", print=None):
    pass


def odd_names(self, cls, match, _, __private, case=1):
    """Only a method has a `self` of its own."""


# --- Wrappers ---


def _logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def _plain(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    del inner.__wrapped__
    return inner


@_logged
@_logged
@_logged
def chained(x: int, *, y: str = "") -> float:
    """Keep what three wrappers wrap."""


def _dispatching(function):
    @functools.wraps(function)
    def inner(*args, backend=None, **kwargs):
        return function(*args, **kwargs)

    return inner


class _Dispatched:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        import inspect

        known = inspect.signature(function)
        extra = inspect.Parameter("backend", inspect.Parameter.KEYWORD_ONLY, default=None)
        self.__signature__ = known.replace(parameters=[*known.parameters.values(), extra])

    def __call__(self, *args, backend=None, **kwargs):
        return self.__wrapped__(*args, **kwargs)


@_Dispatched
def hidden_keyword(graph, weight="weight"):
    """Take a keyword that only the wrapper knows."""


@_dispatching
def wide(graph, weight="weight"):
    """Take a keyword that the wrapper hides."""


@_plain
def unannounced(x, y=1):
    """Say nothing about what is wrapped."""


def cyclic(x, y=2):
    """Wrap itself."""


cyclic.__wrapped__ = cyclic


def narrowed(*args, **kwargs):
    pass


narrowed.__signature__ = __import__("inspect").Signature([])


class _Liar:
    """Its signature is no signature."""

    __signature__ = 42

    def __call__(self, x, *, y=0):
        return x


faked = _Liar()


class _Dressed:
    def __call__(self, *args, **kwargs):
        return args


dressed = functools.update_wrapper(_Dressed(), every_kind)


# --- What is bound ---

first_bound = functools.partial(every_kind, 1)
keyword_bound = functools.partial(every_kind, c=5)
both_partials = functools.partial(placed, 10, c=7)
nested_partial = functools.partial(functools.partial(every_kind, 1), 2, d=3)


class _Speaker:
    def shout(self, text: str, times: int = 1) -> str:
        """Say it loudly."""
        return text.upper() * times


shout = _Speaker().shout
pick = operator.itemgetter(1)
double = lambda x, y=2: x * y


@functools.singledispatch
def dispatched(value, flag: bool = False) -> str:
    """Choose by the first argument."""


@dispatched.register(int)
@dispatched.register(float)
def _number(value, flag=False):
    pass


@dispatched.register(Level)
def _level(value, flag=False):
    pass


@functools.lru_cache(maxsize=None)
def remembered(key: str, *, fold: bool = True) -> str:
    return key


# --- What a call gives ---


async def coroutine(x: int) -> str:
    await asyncio.sleep(0)


@_logged
async def decorated_coroutine(x: int) -> str:
    pass


def _waiting(function):
    @functools.wraps(function)
    async def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@_waiting
def waited(x: int) -> str:
    """Be a coroutine only through its wrapper."""


def promised(x: int) -> "asyncio.Future[str]":
    """Be awaitable and no coroutine function."""


def generator(n: int):
    yield n


async def agenerator(n: int):
    yield n


@contextlib.contextmanager
def manager(path: str, *, mode: str = "r"):
    yield path


@contextlib.asynccontextmanager
async def amanager(path: str):
    yield path


# --- What a docstring tells ---


def numpy_style(a, b=None, *, how="left", flag=True):
    """Do it.

    Parameters
    ----------
    a : int
        The first.
    b : float or None, optional
        The second.
    how : {'left', 'right'}
        Where.
    flag : bool, default True
        Whether.

    Returns
    -------
    list of str
        What came out.
    """


def google_style(a, b=None):
    """Do it.

    Args:
        a (int): The first.
        b (str, optional): The second.

    Returns:
        bool: Whether it was done.
    """


def sphinx_style(a, b=None):
    """Do it.

    :param a: The first.
    :type a: int
    :param b: The second.
    :type b: str or None
    :rtype: bool
    """


def _as_compiled(function):
    # Nobody can tell its parameters, as with most functions written in C.
    function.__signature__ = NotImplemented
    return function


@_as_compiled
def bracketed(*args, **kwargs):
    """bracketed(a, b[, c[, d]], *, key=None) -> int

    Say it in the first line.
    """


@_as_compiled
def overloaded_lines(*args, **kwargs):
    """overloaded_lines(x) -> int
    overloaded_lines(x, y) -> int

    Say it twice.
    """


@_as_compiled
def unsaid(*args, **kwargs):
    """Say nothing about it."""


def old(x):
    """Do it the old way.

    .. deprecated:: 1.2
       Use `every_kind` instead.
    """


def older(x):
    pass


older.__deprecated__ = "Use old."
