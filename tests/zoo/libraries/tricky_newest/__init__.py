"""Written in the syntax of Python 3.12 (PEP 695), which older interpreters cannot even parse."""

from collections.abc import Callable, Sequence

type Pair[A] = tuple[A, A]
type Tree = dict[str, Tree] | int
type Handler[**P] = Callable[P, None]


class Stack[T: (int, str)]:
    """Holds one of two types."""

    def push(self, item: T) -> "Stack[T]":
        pass

    def convert[U: Sequence[int]](self, to: type[U], *, default: U | None = None) -> U:
        pass


class Ordered[K, *Vs](dict[K, tuple[*Vs]]):
    pass


def first[T](items: Sequence[T], default: T | None = None) -> T:
    """Return the first."""


def twice(pair: Pair[int], tree: "Tree") -> Pair[str]:
    pass


def wrapped[**P, R](function: Callable[P, R]) -> Callable[P, list[R]]:
    pass


def f_strings(x: str = f"{'a' + "b"}") -> str:
    """Its default nests quotes, which PEP 701 allows."""
