"""Classes whose members checkers compare with those above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self, TypeVar, overload

T = TypeVar("T", bound="Index")


class Index:
    """xarray's: a method takes what its own class is."""

    group_class: type[Index | type] | None = None

    @classmethod
    def concat(cls, indexes: Sequence[Self]) -> Self:
        return indexes[0]

    def join(self, other: Self) -> Self:
        return other


class Sorted(Index):
    @classmethod
    def concat(cls, indexes: Sequence[Self]) -> Self:
        return indexes[-1]

    def join(self, other: Self) -> Self:
        return self


class Backend:
    @staticmethod
    def export(cls):  # noqa: PLW0211 - matplotlib's decorator, which it calls by hand
        return cls

    @staticmethod
    def named(self: int, other: str = "x") -> str:  # noqa: PLW0211 - as above
        return other * self


class Leaving(SystemExit):
    """aiohttp's: Python declares the attribute, too."""

    code = 1


@overload
def found(name: str, *, every: Literal[False] = ...) -> str: ...
@overload
def found(name: str, *, every: Literal[True] = ...) -> list[str]: ...
def found(name: str, *, every: bool = False) -> str | list[str]:
    """marshmallow's: each overload says that the choice may be left out."""
    return [name] if every else name
