# The room's one deed: ask the target, interpret the answer, explain a library that cannot be imported.

from __future__ import annotations

import contextlib
import difflib
import fnmatch
import gc
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from snakebridge.errors import IntrospectionError
from snakebridge.introspect._ask import Answer, Progress, ask
from snakebridge.introspect._cache import Memory
from snakebridge.introspect._findings import reason_of
from snakebridge.introspect._interpret import interpret
from snakebridge.introspect._inventory import find_inventory, read_inventory
from snakebridge.introspect._known_effects import with_known_effects
from snakebridge.introspect._outlines import outlines
from snakebridge.introspect._overrides import read_overrides
from snakebridge.introspect._overriding import apply
from snakebridge.introspect._selection import DEFAULTS, Options, Reason, not_visited, require_patterns
from snakebridge.introspect._surface import ChosenSurface
from snakebridge.introspect.sources import Sources, Target
from snakebridge.manifest import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from snakebridge.introspect._observations import Failure, ModuleFact
    from snakebridge.manifest import Manifest

_LIBRARY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """A library's manifest, and what it does not hold."""

    manifest: Manifest
    left_out: Mapping[Reason, int]
    """How many modules, names or members, by why."""
    is_unchanged: bool
    """Whether the target was not asked, because nothing there changed since it last was."""


def introspect(
    library: str,
    python: Path,
    *,
    options: Options = DEFAULTS,
    on_progress: Callable[[Progress], None] | None = None,
) -> Manifest:
    """Describe a library as it is installed in a target.

    Modules that crash, hang, or raise when they are imported cost themselves and are findings of the manifest.

    Args:
        library: Its import name, such as `numpy` or `xml.etree`.
        python: The target's interpreter, as `environments.find` returns it.
        options: Which part of it, and what else is known about it.
        on_progress: Called after each module.

    Raises:
        IntrospectionError: The library itself cannot be imported in the target.
        ConfigurationError: The options name what is not there, or would take nothing.
    """
    return survey(library, python, options=options, on_progress=on_progress).manifest


def survey(
    library: str, python: Path, *, options: Options, on_progress: Callable[[Progress], None] | None = None
) -> Survey:
    """Describe a library, and say what was left out; see `introspect`."""
    with _uncollected():
        return _survey(library, python, options, on_progress)


def _survey(library: str, python: Path, options: Options, on_progress: Callable[[Progress], None] | None) -> Survey:
    if not _LIBRARY.fullmatch(library):
        raise IntrospectionError(
            f"{library!r} is not the name of a module; give the name that `import` takes, such as `numpy.linalg`"
        )
    selection = options.selection
    require_patterns(library, selection)
    inventory = read_inventory(options.inventory) if options.inventory is not None else None
    overrides = read_overrides(options.overrides)
    ignored = not_visited(selection)
    memory = Memory.of(library, python, [str(options.module_deadline), *ignored])
    documented = inventory.names if inventory is not None else frozenset[str]()
    kept = None if options.refresh else memory.manifest(selection, documented, options.stubs)
    if kept is not None:
        if on_progress is not None:
            on_progress(Progress(module=library, done=1, total=1, phase="unchanged"))
        return Survey(manifest=apply(with_known_effects(kept[0]), overrides), left_out=kept[1], is_unchanged=True)
    known = None if options.refresh else memory.answer()
    texts = _Texts(python, options.stubs)
    answer = known or ask(
        library,
        python,
        deadline=options.module_deadline,
        not_visited=ignored,
        on_progress=on_progress,
        on_fact=texts.hear,
    )
    for fact in answer.facts:
        if fact.module == library and fact.failed is not None:
            raise IntrospectionError(_explain(library, python, fact.failed))
        if fact.module == library and fact.file and inventory is None and selection.surface is Surface.DOCS:
            found = find_inventory(Path(fact.file).parent)
            inventory = read_inventory(str(found)) if found is not None else None
    is_kept = known is not None or memory.keep_answer(answer)
    for fact in answer.facts if known is not None else ():
        texts.hear(fact)
    facts = [*answer.facts, *_instead(answer, texts.target, ignored)]
    chosen = ChosenSurface(library, facts, selection, inventory)
    manifest = interpret(chosen, facts, answer.crashes, texts.open, on_progress)
    left_out = chosen.choice.left_out
    del answer, facts, chosen, texts  # 100 MB of pandas, before it is made text
    if is_kept:
        memory.keep_manifest(manifest, left_out, selection=selection, documented=documented, stubs=options.stubs)
    complete = apply(with_known_effects(manifest), overrides)
    return Survey(manifest=complete, left_out=left_out, is_unchanged=known is not None)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    # Everything that is made stays until the end, so looking for garbage on the way finds none (pandas: 2 of 9 s).
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _instead(answer: Answer, target: Target, ignored: Sequence[str]) -> list[ModuleFact]:
    # What cannot be imported is read: it is part of the library, even if nobody can call it there as things are.
    failed = {fact.module for fact in answer.facts if fact.failed is not None}
    failed |= {name for name in answer.crashes if ":" not in name}
    if not failed:
        return []
    from snakebridge.introspect._static import read_instead  # noqa: PLC0415 - griffe is only needed here

    found, _ = read_instead(sorted(failed), target=target, known=answer.facts)
    taken = [fact for fact in found if _LIBRARY.fullmatch(fact.module) and not _is_hidden(fact.module, ignored)]
    return [fact.model_copy(update={"is_read": True}) for fact in taken]


def _is_hidden(module: str, ignored: Sequence[str]) -> bool:
    parts = [part for part in module.split(".")[1:] if f"!{part}" not in ignored]
    return any(fnmatch.fnmatchcase(part, pattern) for part in parts for pattern in ignored)


class _Texts:
    """The stubs and sources of the target, opened as soon as the probe says where they are."""

    def __init__(self, python: Path, stubs: Sequence[Path]) -> None:
        self._python = python
        self._stubs = stubs
        self._known: dict[str, str] = {}
        self._sources: Sources | None = None
        self._target: Target | None = None

    @property
    def target(self) -> Target:
        """The interpreter, as the probe described it."""
        if self._target is None:
            raise IntrospectionError("the probe did not say what it runs in; introspect again")
        return self._target

    def hear(self, fact: ModuleFact, has_open_names: bool = False) -> None:  # noqa: FBT001, FBT002 - a callback
        """Take a line of the probe; reading what it will need now costs nothing, since the probe is at work."""
        if fact.target is not None:
            self._target = self._target or Target(
                version=fact.target.version,
                platform=fact.target.platform,
                implementation=fact.target.implementation,
                path=tuple(map(Path, fact.target.path)),
                extra=tuple(self._stubs),
            )
            self._sources = self._sources or Sources(
                self._target, known=self._known.get, outline=outlines(self._python)
            )
        elif self._sources is not None and fact.module:
            self._sources.prepare(fact.module, with_source=has_open_names)

    def open(self, known: Mapping[str, str]) -> Sources:
        """Return them, given what addresses are called publicly."""
        if self._sources is None:
            raise IntrospectionError("the probe did not say what it runs in; introspect again")
        self._known.update(known)
        return self._sources


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
