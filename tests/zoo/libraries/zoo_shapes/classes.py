import abc
import dataclasses
import enum
import functools
from typing import ClassVar, Dict, List, NamedTuple, Optional


class Colour(enum.Enum):
    """Red and green."""

    RED = 1
    GREEN = "g"
    CRIMSON = 1
    ODD = object()

    def describe(self) -> str:
        return self.name


class Permission(enum.IntFlag):
    READ = 1
    WRITE = 2


class Failure(ValueError):
    """Something failed."""


class DetailedFailure(Failure):
    def __init__(self, message: str, code: int = 3):
        super().__init__(message)
        self.code = code


@dataclasses.dataclass
class Point:
    """A point."""

    x: float
    y: float = 0.0
    tags: List[str] = dataclasses.field(default_factory=list)
    unit: ClassVar[str] = "m"

    def norm(self) -> float:
        return abs(self.x)


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: "Optional[int]" = None


class Pair(NamedTuple):
    left: int
    right: "str" = ""


class Registry(dict):
    """A mapping of the library's own."""

    def __missing__(self, key): ...

    def __enter__(self):
        return self

    def __exit__(self, *exc): ...


class Child(Registry):
    __hash__ = None


class Shape(abc.ABC):
    LIMIT = 10
    registry: Dict[str, int] = {}

    class Nested:
        def deep(self): ...

    @abc.abstractmethod
    def area(self) -> float: ...

    @property
    def name(self) -> str:
        """Its name."""

    @name.setter
    def name(self, value): ...

    @property
    def only_read(self) -> int: ...

    @functools.cached_property
    def cached(self) -> "List[int]": ...

    @classmethod
    def make(cls, size=1): ...

    @staticmethod
    def helper(one, *, two): ...

    @functools.lru_cache(maxsize=None)
    def remembered(self, key): ...

    def scaled(self, factor, more=2): ...

    half = functools.partialmethod(scaled, 0.5)

    def __add__(self, other: "Shape") -> "Shape": ...


class Slotted:
    __slots__ = ("first",)


class FromNew:
    def __new__(cls, one, two=2):
        return object.__new__(cls)


class Meta(type):
    def __call__(cls, *args, **kwargs):
        return type.__call__(cls, *args, **kwargs)


class FromMeta(metaclass=Meta):
    def __init__(self, size): ...


class FromBoth:
    def __new__(cls, *args, backend=None, **kwargs):
        return object.__new__(cls)

    def __init__(self, data=None, **attributes): ...
