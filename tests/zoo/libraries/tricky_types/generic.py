"""Generic classes, protocols and typed dictionaries."""

from typing import Any, Dict, Generic, Iterable, List, Optional, Protocol, Tuple, TypedDict, TypeVar, runtime_checkable

__all__ = [
    "Bounded", "Box", "Channel", "Chosen", "Closer", "Entry", "Everything", "Movie", "Nested", "Pinned", "Registry",
    "Sink", "SizedBox", "Source",
]

T = TypeVar("T")
K = TypeVar("K", bound="Box[Any]")
Text = TypeVar("Text", str, bytes)
Out = TypeVar("Out", covariant=True)
In = TypeVar("In", contravariant=True)


class Box(Generic[T]):
    def __init__(self, value: T) -> None:
        pass

    def get(self, default: Optional[T] = None) -> T:
        pass


class Pinned(Box[int]):
    pass


class SizedBox(Box[T], Iterable[T]):
    def __iter__(self):
        return iter(())


class Bounded(Generic[K]):
    def hold(self, value: K) -> K:
        pass


class Chosen(Generic[Text]):
    def join(self, parts: List[Text]) -> Text:
        pass


class Nested(Box[Dict[str, Tuple[int, ...]]]):
    pass


class Registry(Dict[str, T]):
    pass


class Source(Protocol[Out]):
    name: str

    def read(self, size: int = -1) -> Out: ...


@runtime_checkable
class Closer(Protocol):
    def close(self) -> None: ...


class Sink(Protocol[In]):
    def write(self, value: In) -> int: ...

    @property
    def is_open(self) -> bool: ...


class Channel(Source[bytes], Sink[bytes], Protocol):
    pass


class Entry(TypedDict):
    key: str
    value: "Optional[int]"


class Movie(Entry, total=False):
    year: int
    tags: List[str]


class Everything(Movie):
    rating: float
