# Calls the library from a module without `from __future__` imports: `exec`, `eval` and `compile` give code the features
# of the module that calls them, and annotations of that code must not become texts.
from typing import Any, Callable, Dict, Tuple


def call(function: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    """Call a function."""
    return function(*args, **kwargs)
