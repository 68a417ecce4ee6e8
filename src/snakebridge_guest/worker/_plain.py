# Calls the library from a module without `from __future__` imports: `exec`, `eval` and `compile` give code the features
# of the module that calls them, and annotations of that code must not become texts.
from sys import intern
from typing import Any, Callable, Dict, Tuple


def call(function: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    """Call a function."""
    if not kwargs:
        return function(*args)
    # orjson knows its keywords by identity: as in a call that is written in code, each name is the one of its kind.
    return function(*args, **{intern(name): value for name, value in kwargs.items()})
