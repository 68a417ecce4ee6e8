"""A library of odd classes."""

from __future__ import annotations

import collections
import dataclasses
import enum
from typing import ClassVar, Generic, NamedTuple, TypedDict, TypeVar

T = TypeVar("T")


class Base:
    """Base."""

    count = 0
    registry: ClassVar[dict] = {}
    label = None
    strict: bool = True
    shared: int | None = None

    def __init__(self, name: str = "x"):
        self.name = name

    def grow(self) -> int:
        self.count += 1
        return self.count

    @classmethod
    def make(cls, name: str) -> Base:
        return cls(name)

    @classmethod
    def whoami(cls) -> str:
        return cls.__name__

    @staticmethod
    def add(a: int, b: int) -> int:
        return a + b

    @property
    def upper(self) -> str:
        return self.name.upper()


class Child(Base):
    count = 10


class Grandchild(Child):
    @classmethod
    def whoami(cls) -> str:
        return "grand " + super().whoami()


class Sized:
    def __len__(self) -> int:
        return 3


class _Hidden(Child, Sized):
    def __getitem__(self, key: int) -> int:
        return key * 2


def hidden() -> Base:
    return _Hidden("h")


def hidden_class() -> type:
    return _Hidden


class Colour(enum.Enum):
    """Colours."""

    RED = 1
    GREEN = 2

    @property
    def pretty(self) -> str:
        return self.name.title()

    def mix(self, other: Colour) -> Colour:
        return max(self, other, key=lambda each: each.value)

    @classmethod
    def default(cls) -> Colour:
        return cls.GREEN

    @staticmethod
    def named(name: str) -> Colour:
        return Colour[name]

    def __str__(self) -> str:
        return "colour " + self.name.lower()

    def __lt__(self, other: Colour) -> bool:
        return self.value < other.value


class Access(enum.Flag):
    READ = 1
    WRITE = 2
    EXEC = 4

    def describe(self) -> str:
        return str(self.value)


def both() -> Access:
    return Access.READ | Access.WRITE


def same(x):
    return x


class Opaque(enum.Enum):
    FIRST = object()
    SECOND = len


class TroubleError(ValueError):
    """TroubleError."""

    def __init__(self, what: str, level: int = 1) -> None:
        super().__init__(f"{what}!")
        self.what = what
        self.level = level

    def explain(self, loud: bool = False) -> str:
        text = f"{self.what} at {self.level}"
        return text.upper() if loud else text

    @property
    def doubled(self) -> int:
        return self.level * 2

    @classmethod
    def of(cls, what: str) -> TroubleError:
        return cls(what, 7)


class WorseError(TroubleError):
    pass


class PlainError(Exception):
    pass


def fail(what: str) -> None:
    raise TroubleError(what, 3)


def check(error: Exception) -> str:
    return f"{type(error).__name__} {error} {vars(error)}"


class Point(NamedTuple):
    """A point."""

    x: float
    y: float = 0.0


Old = collections.namedtuple("Old", "a b")  # noqa: PYI024 - the older way


class Fancy(NamedTuple):
    a: int

    def double(self) -> int:
        return self.a * 2


def point() -> Point:
    return Point(1.0, 2.0)


def fancy() -> Fancy:
    return Fancy(3)


def length(p: Point) -> float:
    assert type(p) is Point, type(p)
    return p.x + p.y


class Options(TypedDict, total=False):
    size: int
    name: str


class Needed(TypedDict):
    size: int


def options() -> Options:
    return {"size": 1}


def take(o: Options) -> list[str]:
    return sorted(o)


@dataclasses.dataclass
class Data:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)
    c: str = dataclasses.field(default="c", init=False)


@dataclasses.dataclass
class More(Data):
    d: float = 1.0


class Box(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item

    def get(self) -> T:
        return self.item


class IntBox(Box[int]):
    def double(self) -> int:
        return self.item * 2


def box() -> Box[int]:
    return Box(1)


class Unhashable:  # noqa: PLW1641 - that is what it is for
    def __eq__(self, other: object) -> bool:
        return True


class Rehashed(Unhashable):
    def __hash__(self) -> int:
        return 7


def run(function):
    return function()


def is_a(value, kind: type) -> bool:
    return isinstance(value, kind)


def is_heir(kind: type, base: type) -> bool:
    return issubclass(kind, base)
