"""Cases: a name and a function that takes `lib`, the loader of modules, and returns something that can be shown.

Runs on Python 3.8 and without the bridge, like everything that `alone.py` imports.
"""

import contextlib
import sys
from typing import Any, Callable, Dict, Iterable, Iterator, NamedTuple, Tuple

Loader = Callable[[str], Any]
OLDEST = (3, 8)


class Case(NamedTuple):
    name: str
    body: Callable[[Loader], Any]
    since: Tuple[int, int]
    alters: bool = False
    """Whether it changes the library's own state, so that the library is made anew around it."""

    @property
    def group(self) -> str:
        """The module that holds the case."""
        return self.name.partition("/")[0]


CASES: Dict[str, Case] = {}


def add(name: str, body: Callable[[Loader], Any], since: Tuple[int, int] = OLDEST, alters: bool = False) -> None:
    """Add a case under a name that nothing else has."""
    if name in CASES:
        raise ValueError("two cases are named " + name)
    CASES[name] = Case(name, body, since, alters)


def case(body: Any = None, *, since: Tuple[int, int] = OLDEST, alters: bool = False) -> Any:
    """Make a function a case; its module and its own name are the case's name.

    Args:
        body: The function; left out, this is a decorator with arguments.
        since: The oldest target whose library has it, or says it so.
        alters: Whether it changes the library's own state.
    """
    if body is None:
        return lambda function: case(function, since=since, alters=alters)
    add(body.__module__.rpartition(".")[2] + "/" + body.__name__, body, since, alters)
    return body


def expressions(group: str, texts: Iterable[str], **scope: Any) -> None:
    """Add a case for each expression; `lib` and what is in `scope` are in reach, and the text is the name."""
    for text in texts:
        add(group + "/" + text, _Expression(text, scope))


class _Expression:
    def __init__(self, text: str, scope: Dict[str, Any]) -> None:
        self.code = compile(text, text, "eval")
        self.scope = scope

    def __call__(self, lib: Loader) -> Any:
        return eval(self.code, dict(self.scope, lib=lib))


def fresh(module: str) -> None:
    """Forget a module and what is inside it, so that the next import makes it anew."""
    for name in [name for name in sys.modules if name == module or name.startswith(module + ".")]:
        del sys.modules[name]


@contextlib.contextmanager
def raising(*kinds: type) -> Iterator[Dict[str, Any]]:
    """Note the exception that the block raises; the case shows it and goes on."""
    expected = kinds or (Exception,)
    noted: Dict[str, Any] = {}
    try:
        yield noted
    except expected as error:
        noted["error"] = error
    else:
        noted["error"] = None
