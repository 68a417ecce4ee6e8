"""Enums, named tuples, dataclasses and other descriptions."""

import abc
import collections
import dataclasses
import enum
import typing


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"
    CRIMSON = 1
    LIST = [1, 2]

    def describe(self):
        return self.name.lower()

    @property
    def warm(self):
        return self is Colour.RED


class Level(enum.IntEnum):
    ZERO = 0
    LOW = 1
    HIGH = 10


class Mode(enum.Flag):
    READ = 1
    WRITE = 2
    BOTH = 3


class Bits(enum.IntFlag):
    A = 1
    B = 2


class Word(str, enum.Enum):
    EMPTY = ""
    FOO = "foo"


class Shape(enum.Enum):
    CIRCLE = (1, "round")
    SQUARE = (4, "straight")

    def __init__(self, corners, look):
        self.corners = corners
        self.look = look


Point = collections.namedtuple("Point", "x y")


class Place(typing.NamedTuple):
    name: str
    seats: int = 10

    def full(self):
        return self.name + " " + str(self.seats)


@dataclasses.dataclass
class Ticket:
    number: int
    price: float = 2.5
    tags: typing.List[str] = dataclasses.field(default_factory=list)

    def total(self, count=1):
        return self.price * count


@dataclasses.dataclass(frozen=True, order=True)
class Seat:
    row: int
    column: int = 0


@dataclasses.dataclass
class Booking:
    ticket: Ticket
    seats: typing.List[Seat]


class Plan(abc.ABC):
    @abc.abstractmethod
    def run(self):
        """Run it."""

    def twice(self):
        return [self.run(), self.run()]


class Real(Plan):
    def run(self):
        return "ran"


class Generic(typing.Generic[typing.TypeVar("T")]):
    def __init__(self, value):
        self.value = value


def favourite(colour=Colour.RED):
    return colour


def name_of(colour):
    return [colour.name, colour is Colour.RED, isinstance(colour, Colour)]


def place(name="here"):
    return Place(name)


def point(x=1, y=2):
    return Point(x, y)


def takes_point(point):
    return [type(point).__name__, point.x, point.y, isinstance(point, Point)]


def booking():
    return Booking(Ticket(1), [Seat(1, 2), Seat(0)])
