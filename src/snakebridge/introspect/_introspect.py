# The room's one deed: ask the target, interpret the answer, explain a library that cannot be imported.

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from snakebridge.errors import IntrospectionError
from snakebridge.introspect._ask import Progress, ask
from snakebridge.introspect._findings import reason_of
from snakebridge.introspect._interpret import interpret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from snakebridge.introspect._observations import Failure
    from snakebridge.manifest import Manifest

_LIBRARY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def introspect(
    library: str,
    python: Path,
    *,
    module_deadline: float = 60.0,
    on_progress: Callable[[Progress], None] | None = None,
) -> Manifest:
    """Describe a library as it is installed in a target.

    Modules that crash, hang, or raise when they are imported cost themselves and are findings of the manifest.

    Args:
        library: Its import name, such as `numpy` or `xml.etree`.
        python: The target's interpreter, as `environments.find` returns it.
        module_deadline: Seconds that importing or describing one module may take.
        on_progress: Called after each module.

    Raises:
        IntrospectionError: The library itself cannot be imported in the target.
    """
    if not _LIBRARY.fullmatch(library):
        raise IntrospectionError(
            f"{library!r} is not the name of a module; give the name that `import` takes, such as `numpy.linalg`"
        )
    answer = ask(library, python, deadline=module_deadline, on_progress=on_progress)
    for fact in answer.facts:
        if fact.module == library and fact.failed is not None:
            raise IntrospectionError(_explain(library, python, fact.failed))
    return interpret(library, answer.facts, answer.crashes)


def _explain(library: str, python: Path, failure: Failure) -> str:
    missing = failure.missing
    if missing is None or not f"{library}.".startswith(f"{missing}."):
        mend = f"install what provides {missing} there" if missing else "mend the library, or choose another target"
        return f"importing {library} with {python} raised {reason_of(failure.type, failure.message)}; {mend}"
    for distribution, names in sorted(failure.distributions.items()):
        if _folded(distribution) == _folded(library) and names:
            return f"{python} has no module named {missing}; the distribution {distribution} is imported as {names[0]}"
    public = [name for name in failure.modules if not name.startswith("_")]
    close = difflib.get_close_matches(missing, public, n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(close)}? If not, " if close else ""
    return f"{python} has no module named {missing}; {hint}install the library there or choose another target"


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
