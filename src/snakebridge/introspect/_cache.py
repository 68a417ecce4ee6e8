# What is known about a library whose target has not changed: the probe's answer, and the manifests made of it.
#
# A manifest is kept beside the answer because reading stubs and sources takes as long as asking the target. It depends
# on more: on what was selected, and on the code that reads. Overrides are applied afterwards and are not part of it.
#
# Guarantees: a text that is damaged, or that an older snakebridge wrote, is not known.
# Assumes: `fingerprint` tells targets apart.

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.environments import describe
from snakebridge.errors import ManifestError
from snakebridge.introspect import _shelf as shelf
from snakebridge.introspect._ask import Answer, completed
from snakebridge.introspect._fingerprint import fingerprint, reading
from snakebridge.introspect._observations import ModuleFact
from snakebridge.introspect._selection import Reason
from snakebridge.manifest import Manifest, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from snakebridge.environments import Interpreter
    from snakebridge.manifest import Selection

# A deadline that passed may be the machine's fault, so such an answer is not kept; `_ask.py` says it so.
_LATE = "did not finish within"


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """The place of what is known about one library in one state of one target."""

    library: str
    interpreter: Interpreter
    arguments: tuple[str, ...]
    key: str | None
    """`None`: nothing could tell whether the target changes, so nothing is kept."""

    @classmethod
    def of(cls, library: str, python: Path, arguments: Sequence[str]) -> Memory:
        """Return the place of what is known.

        Args:
            library: Import name.
            python: The target's interpreter.
            arguments: What else the probe is told.

        Raises:
            EnvironmentNotFoundError: It is no Python, or a broken one.
            UnsupportedInterpreterError: It is older than Python 3.8.
        """
        interpreter = describe(python)
        key = fingerprint(library, interpreter, arguments)
        return cls(library=library, interpreter=interpreter, arguments=tuple(arguments), key=key)

    def answer(self) -> Answer | None:
        """Return what the probe answered in this state of the target, if it is known."""
        text = shelf.take(f"{self.key}.answer") if self.key is not None else None
        try:
            head, *lines = (text or b"").splitlines()
            crashes = json.loads(head)["crashes"]
            facts = completed(self.library, [ModuleFact.model_validate_json(line) for line in lines])
            next(fact for fact in facts if fact.module == self.library)  # an answer without the library is none
            return Answer(facts=facts, crashes={str(name): str(what) for name, what in crashes.items()})
        except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
            return None

    def keep_answer(self, answer: Answer) -> bool:
        """Keep an answer, unless the target changed while it was asked; return whether it stands for this state."""
        if self.key is None or any(_LATE in what for what in answer.crashes.values()):
            return False
        if fingerprint(self.library, self.interpreter, self.arguments) != self.key:
            return False
        head = json.dumps({"crashes": answer.crashes}, sort_keys=True)
        shelf.put(f"{self.key}.answer", head.encode() + b"\n" + answer.text)
        return True

    def manifest(
        self, selection: Selection, documented: Iterable[str], stubs: Sequence[Path]
    ) -> tuple[Manifest, Mapping[Reason, int]] | None:
        """Return what was made of the answer, and how much was left out, if it is known.

        Args:
            selection: What was asked for.
            documented: The names in an inventory that somebody named.
            stubs: Folders of stubs that somebody named.
        """
        key = self._manifest_key(selection, documented, stubs)
        text = shelf.take(key) if key is not None else None
        try:
            head, _, rest = (text or b"").partition(b"\n")
            left_out = {Reason(name): int(count) for name, count in json.loads(head).items()}
            return loads(rest.decode()), left_out
        except (ValueError, TypeError, AttributeError, ManifestError):
            return None

    def keep_manifest(
        self,
        manifest: Manifest,
        left_out: Mapping[Reason, int],
        *,
        selection: Selection,
        documented: Iterable[str],
        stubs: Sequence[Path],
    ) -> None:
        """Keep what was made of an answer that stands for this state; see `manifest`."""
        key = self._manifest_key(selection, documented, stubs)
        if key is not None:
            shelf.put(key, f"{json.dumps(left_out, sort_keys=True)}\n{dumps(manifest)}".encode())

    def _manifest_key(self, selection: Selection, documented: Iterable[str], stubs: Sequence[Path]) -> str | None:
        if self.key is None:
            return None
        found = reading(self.key, selection.model_dump_json(), documented, stubs)
        return None if found is None else f"{found}.manifest"
