"""What `typing` has had since Python 3.11."""

import dataclasses
import enum
import functools
from typing import (
    Annotated, Any, Callable, Concatenate, Final, Generic, Literal, LiteralString, Never, NotRequired, ParamSpec,
    Required, Self, TypeAlias, TypeVar, TypeVarTuple, TypedDict, Unpack, final, overload,
)

P = ParamSpec("P")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")
Matrix: TypeAlias = "list[list[float]]"

def retry(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Callable[P, R]:
    """Give back a function with the same parameters."""

    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner

def bound(function: Callable[Concatenate[int, P], R]) -> Callable[P, R]:
    """Give back a function with one parameter less."""

def spread(first: tuple[*Ts], *args: *Ts) -> tuple[int, *Ts]:
    """Take any number of types."""

class Decorated:
    @retry
    def method(self, x: int, *, y: str = "") -> bool:
        """Keep what the decorator keeps."""


class Array(Generic[*Ts]):
    def shape(self) -> tuple[*Ts]:
        pass

class Wrapper(Generic[P, R]):
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        pass

class Builder:
    @classmethod
    def create(cls) -> Self:
        pass

    def extend(self, other: "Self | None", names: list[Self]) -> Self:
        pass

def annotated(a: Annotated[int, "metres"], b: "Annotated[str, object()]", c: Annotated[list[int], 1, 2]):
    pass

def exact(a: LiteralString, b: Literal["x", 2], c: int | None, d: "Matrix") -> Never:
    raise SystemExit

@overload
def chosen(value: int) -> int: ...
@overload
def chosen(value: str, *, strict: bool = ...) -> str: ...
def chosen(value, *, strict=False):
    """Depend on the type."""

class Options(TypedDict, total=False):
    name: Required[str]
    size: NotRequired[int]
    extra: Any

@dataclasses.dataclass(kw_only=True, slots=True, frozen=True)
class Config:
    host: str
    port: int = 80

@dataclasses.dataclass
class Mixed:
    first: int
    _: dataclasses.KW_ONLY
    second: str = ""
    third: Final[int] = 3

class Kind(enum.StrEnum):
    SMALL = enum.auto()
    LARGE = "L"

@final
class Last:
    @final
    def method(self):
        pass

def typed_keywords(**options: Unpack[Options]) -> None:
    pass
