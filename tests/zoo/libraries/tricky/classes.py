"""Classes, and what happens on the way to calling one."""

import inspect
import abc
import collections
import contextlib
import dataclasses
import enum
import functools
import math
from typing import Any, ClassVar, Dict, List, NamedTuple, Optional


# --- What calling a class means ---


class Nothing:
    """Take nothing."""


class ByInit:
    def __init__(self, a, *, b=1):
        self.a = a


class ByNew:
    def __new__(cls, a, b=2):
        return super().__new__(cls)


class ByBoth:
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)

    def __init__(self, data=None, **attributes):
        pass


class Meta(type):
    def __call__(cls, size: int, *, deep=False):
        return super().__call__()

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class ByMeta(metaclass=Meta):
    def __init__(self):
        pass


class LyingProperty:
    """Its `__signature__` is a property, as in libraries that compute it per instance."""

    @property
    def __signature__(self):
        return "nothing that anybody expects"

    def __init__(self, x, y=1):
        pass


class PlacedMeta(type):
    """sympy's: it tells what has a place, and nothing of the options."""

    @property
    def __signature__(cls):
        return inspect.Signature([inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)])


class Placed(metaclass=PlacedMeta):
    def __new__(cls, *args, **options):
        return super().__new__(cls)


class RaisingSignature:
    class _Raises:
        def __get__(self, instance, owner):
            raise SystemExit("never ask")

    __signature__ = _Raises()

    def __init__(self, x, *, y=1):
        pass


class Fabricating(type):
    """A metaclass whose classes have every attribute."""

    def __getattribute__(cls, name):
        return ("anything", name)


class Mirage(metaclass=Fabricating):
    def __init__(self, x):
        pass

    def real(self, y):
        pass


# --- Members ---


class Descriptor:
    """Makes a method per name, as request methods do."""

    def __init__(self, keys):
        self.keys = keys

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        def method(self, *, value: int = 0) -> "Members":
            """Set it."""
            return self

        method.__name__ = self.name
        return method


class Value:
    """A descriptor that gives a value, and would count how often it is asked."""

    asked = 0

    def __get__(self, instance, owner):
        Value.asked += 1
        if instance is None:
            raise RuntimeError("only instances have one")
        return 3


class Members:
    """Bound in every way there is."""

    __slots__ = ("__dict__", "slot", "typed_slot")
    typed_slot: int
    LIMIT: ClassVar[int] = 10
    table: ClassVar[Dict[str, int]] = {}
    unset: Optional[str]
    set_later = None
    hypotenuse = staticmethod(math.hypot)
    largest = staticmethod(max)
    fetch = staticmethod(getattr)
    absorb = dict.update
    joined = str.join
    set_fit_request = Descriptor(("x",))
    value = Value()
    alias: Any

    def __init__(self):
        self.assigned = 1
        self.annotated: int = 2

    def method(self, x, /, y=1):
        """Do it."""

    same_method = method

    @classmethod
    def build(cls, size=1) -> "Members":
        pass

    @staticmethod
    def helper(one, *, two):
        pass

    @property
    def read(self) -> int:
        """Read it."""
        raise SystemExit("properties are never evaluated")

    @property
    def written(self) -> "List[int]":
        raise SystemExit

    @written.setter
    def written(self, value):
        pass

    @written.deleter
    def written(self):
        pass

    @functools.cached_property
    def once(self) -> str:
        raise SystemExit

    def three(self, a, b, c=3):
        pass

    half = functools.partialmethod(three, 1)
    keyed = functools.partialmethod(three, c=4)

    @functools.singledispatchmethod
    def handle(self, event, *, strict=False):
        """Choose by the event."""

    @handle.register(int)
    def _(self, event, *, strict=False):
        pass

    @contextlib.contextmanager
    def opened(self, mode="r"):
        yield self

    async def fetched(self, key: str) -> bytes:
        pass

    def _private(self):
        pass

    class Nested:
        def deep(self, x):
            pass

    def __len__(self):
        return 0

    def __getattr__(self, name):
        raise AttributeError(name)


class Table(dict):
    """Takes what the class written in C takes."""

    from_keys = dict.__dict__["fromkeys"]


class Awaitable:
    def __await__(self):
        yield


class Managed:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return None

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        return None


class Amount:
    __hash__ = None

    def __add__(self, other):
        return self

    def __radd__(self, other):
        return self

    def __lt__(self, other):
        return True

    def __eq__(self, other):
        return True

    def __call__(self, x, y=1):
        return self

    def __iter__(self):
        return iter(())

    def __contains__(self, item):
        return False


class Indexed:
    """Has `__getitem__` without `__iter__`, and its items never end."""

    def __getitem__(self, key):
        return self


class Abstract(abc.ABC):
    @abc.abstractmethod
    def must(self, x):
        pass

    @property
    @abc.abstractmethod
    def should(self) -> int:
        pass


class _Hidden:
    def inherited(self, flag: bool = False) -> int:
        pass


class Shown(_Hidden):
    """Would lose a method if its base were forgotten."""


# --- Exceptions ---


class Plain(ValueError):
    """Has no constructor of its own."""


class Coded(Plain):
    def __init__(self, code: int, *, reason: str = ""):
        super().__init__(code)


class Both(KeyError, AttributeError):
    pass


class Made(Exception):
    def __new__(cls, one, two=2):
        return super().__new__(cls, one)


class Missing(ImportError):
    """Takes the keywords of its base, which is written in C."""


class Swallow(RuntimeError):
    def __init__(self, *args, **kwargs):
        super().__init__(*args)


# --- Enums ---


class Color(enum.Enum):
    RED = 1
    GREEN = "g"
    CRIMSON = 1
    ODD = object()

    def describe(self) -> str:
        return self.name

    @classmethod
    def parse(cls, text: str) -> "Color":
        return cls.RED


class Permission(enum.Flag):
    READ = 1
    WRITE = 2
    VIEW = 1
    ALL = 3


class Number(enum.IntEnum):
    ONE = enum.auto()
    TWO = enum.auto()


Functional = enum.Enum("Functional", "FIRST SECOND", module=__name__)


# --- Shapes ---


@dataclasses.dataclass
class Point:
    x: float
    scale: dataclasses.InitVar[int]
    y: float = 0.0
    tags: List[str] = dataclasses.field(default_factory=list)
    cache: int = dataclasses.field(default=0, init=False)
    unit: ClassVar[str] = "m"


@dataclasses.dataclass
class Solid(Point):
    z: int = 5
    y: int = 7


@dataclasses.dataclass(frozen=True, order=True)
class Fixed:
    name: str
    parts: List["Fixed"] = dataclasses.field(default_factory=list, repr=False)


class Pair(NamedTuple):
    """A left and a right."""

    left: int
    right: str = ""

    def swapped(self) -> "Pair":
        return self


OldPair = collections.namedtuple("OldPair", ["left", "right"], defaults=[None])


def _made(name: str):
    # Without a module and without source, as classes are that a factory makes.
    def method(self, x):
        pass

    return type(name, (), {"__module__": __name__, "method": method, "__doc__": "Made at run time."})


Dynamic = _made("Dynamic")
