"""One type, many spellings."""

import collections
import collections.abc as cabc
import enum
import typing
import typing as t
from typing import (
    TYPE_CHECKING, Any, AnyStr, Callable, Dict, Generic, Iterator, List, Mapping, NewType, NoReturn, Optional, Tuple,
    Type, TypeVar, Union,
)

if TYPE_CHECKING:
    import decimal
    import fractions as fr
    from decimal import Decimal
    from nowhere_to_be_found import Ghost

    from tricky_types.generic import Box as Renamed
    from tricky_types.generic import *

__all__ = [
    "Colour", "Handler", "Json", "Node", "Number", "Outer", "UserId", "aliased", "anything", "called", "checked",
    "deferred", "forward", "ghost", "json", "literals", "modern", "no_return", "optional", "promise", "recursive",
    "renamed", "tuples", "types", "union_order", "user", "whitespace",
]

T = TypeVar("T")
Number = Union[int, float]
Handler = Callable[[str, int], bool]
UserId = NewType("UserId", int)
Json = Union[None, int, str, List["Json"], Dict[str, "Json"]]


class Colour(enum.Enum):
    RED = 1


def optional(a: Optional[int], b: Union[int, None], c: "int | None", d: "None | int", e: Optional[Union[int, str]]):
    pass


def union_order(a: Union[str, int, str], b: "Union[bytes, Union[int, bytes]]") -> "Number":
    pass


def forward(a: "Outer", b: List["Outer"], c: "List[Outer.Inner]", d: "typing.List['Outer']") -> "Outer":
    pass


def modern(a: "list[int]", b: "dict[str, list[int | None]]", c: "type[Outer]", d: "tuple[int, ...]"):
    """Spelled as the oldest Python cannot evaluate."""


def aliased(a: Number, b: Handler, c: "Handler", d: Mapping[str, Number]) -> t.Sequence[int]:
    pass


def checked(a: "Decimal", b: "decimal.Decimal", c: "fr.Fraction", d: "List[Decimal]", e: "cabc.Sized"):
    """Named only while type checking."""


def renamed(a: "Renamed[int]", b: "Pinned") -> "Optional[Renamed[str]]":
    pass


def ghost(a: "Ghost", b: "List[Ghost]", c: "Undefined", d: "Union[int, Undefined]"):
    """Named nowhere."""


def tuples(a: Tuple[int, str], b: Tuple[int, ...], c: Tuple, d: "Tuple[()]"):
    pass


def types(a: Type[int], b: type, c: "Type[Outer]", d: Type[Union[int, str]]):
    pass


def called(a: Callable, b: Callable[..., int], c: Callable[[], None], d: "Callable[[Outer], Any]"):
    pass


def literals(a: "typing.Literal['a', 1, None]", b: "t.Literal[True, b'x']", c: "t.Literal[Colour.RED]"):
    pass


def anything(a: Any, b: object, c: AnyStr, d: "typing.Any") -> AnyStr:
    pass


def no_return(a: "t.Hashable") -> NoReturn:
    raise SystemExit


def json(value: Json) -> "Json":
    pass


def recursive(a: "Json", b: "List[Json]"):
    pass


def user(value: UserId, many: "List[UserId]") -> UserId:
    pass


def promise(a: "Iterator[T]", b: List[T]) -> T:
    pass


def whitespace(a: " int ", b: "Dict[ str,int ]", c: "not a type!", d: 3, e: "1 + 1", f: "\n"):
    pass


def deferred(a: "collections.OrderedDict[str, int]", b: "collections.abc.Mapping[str, T]"):
    pass


class Node(Generic[T]):
    """Refers to itself."""

    children: "List[Node[T]]"
    parent: "Optional[Node]"

    def add(self, child: "Node[T]") -> "Node[T]":
        pass


class Outer:
    class Inner:
        """Is named without its owner in the class, and with it elsewhere."""

    def make(self, a: "Inner", b: "Outer.Inner", c: "List[Inner]") -> Inner:
        pass
