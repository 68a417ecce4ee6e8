"""`__copy__` as `copy.copy` finds it and `itertools.tee` does not.

`copy.copy` asks the class. `itertools.tee` asks the iterator, and takes its copy for one that goes its own way; but the
copy of a stand-in's iterator may share what both iterate over, and of a generator there is none. Where `tee` finds no
method it keeps the items itself, which is right for every iterator.
"""

from __future__ import annotations

import types
from typing import Any, Callable


class Copier:
    """A `__copy__` that objects have, and of iterators only the class."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self._function
        if hasattr(type(instance), "__next__"):
            raise AttributeError("%r object has no attribute '__copy__'" % type(instance).__name__)
        return types.MethodType(self._function, instance)
