"""Classes that attrs makes."""

from typing import List

import attr
import attrs


@attrs.define
class Defined:
    name: str
    size: int = 3
    tags: List[str] = attrs.field(factory=list, kw_only=True)
    _hidden: int = 1
    cache: dict = attrs.field(init=False, factory=dict)


@attrs.frozen
class Frozen(Defined):
    extra: float = 0.5


@attr.s
class Classic:
    x = attr.ib(type=int)
    y = attr.ib(default="y")
