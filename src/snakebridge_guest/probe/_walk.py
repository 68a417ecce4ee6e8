# The walk: imports a library breadth first, then describes what was imported, one JSON line per module.
#
# Two passes, because what costs and what crashes is importing: when the host has to start again without a module, only
# the imports are repeated, and the order of imports cannot change what is seen. Words on the events descriptor:
#
#     begin WHAT | end WHAT     WHAT is `import MODULE`, `describe MODULE` or `read MODULE:NAME`
#     module-count N            after the imports
#     done                      everything is in the file
#
# Guarantees: whatever happens between `begin` and `end` is the fault of what was begun; a line is flushed before the
# `end` of its description. Nothing is left behind: a watchdog written in C ends this process when nobody listens any
# more, even if the library holds the GIL for ever. The library's output goes nowhere.
# Assumes: it is the only thing this process does.

from __future__ import annotations

import argparse
import faulthandler
import fnmatch
import importlib
import json
import os
import pkgutil
import sys
import warnings
from typing import Dict, Iterator, List, Optional, Set, TextIO

from snakebridge_guest.probe._distribution import alternatives, distribution_of
from snakebridge_guest.probe._modules import held_by, module_facts
from snakebridge_guest.probe._objects import Describer
from snakebridge_guest.probe._reading import Facts, address, attempt, derives, sorted_names, text

_SLACK = 10.0  # seconds after the host's own deadline


def _parsed(argv: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="probe", add_help=False)
    parser.add_argument("--library", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--deadline", type=float, default=60.0, help="seconds per module")
    parser.add_argument("--skip", nargs="*", default=[], help="modules and addresses that must not be touched")
    parser.add_argument("--watch", nargs="*", default=[], help="modules in which each name is announced")
    parser.add_argument("--ignore", nargs="*", default=[], help="patterns of submodule names that are not visited")
    return parser.parse_args(argv)


def main(argv: List[str]) -> int:
    """Walk a library; the arguments are in `_parsed`."""
    given = _parsed(argv)
    os.set_inheritable(given.events, False)  # noqa: FBT003 - its signature is positional
    _mute()
    # JSON's own escapes keep the file ASCII, whatever the target's locale.
    with open(given.out, "w", encoding="ascii", newline="\n") as out:
        return _Walk(given, out).run()


def _mute() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *_, **__: None  # libraries reset the filters


class _Walk:
    def __init__(self, given: argparse.Namespace, out: TextIO) -> None:
        self._library: str = given.library
        self._events: int = given.events
        self._deadline: float = given.deadline + _SLACK
        self._skipped: Set[str] = set(given.skip)
        self._watched: List[str] = given.watch
        self._ignored: List[str] = given.ignore
        self._out = out
        self._describer = Describer()

    def run(self) -> int:
        for name in self._skipped:
            if ":" not in name:
                # Whoever imports it gets an ImportError instead of the crash.
                sys.modules[name] = None  # type: ignore[assignment]
        modules = self._import_all()
        if not modules:
            self._tell("done")
            return 0
        self._tell(f"module-count {len(modules)}")
        for name, module in modules.items():
            self._begin(f"describe {name}")
            facts = module_facts(
                name, module, self._describer, self._skipped, self._announce, is_watched=name in self._watched
            )
            if name == self._library:
                facts.update(distribution_of(name, held_by(module)))
            self._write(facts)
            self._end(f"describe {name}")
        self._begin(f"describe {self._library}")
        self._write({"bases": self._unmet_bases()})
        self._tell("done")
        faulthandler.cancel_dump_traceback_later()
        return 0

    # --- What is said and written ---

    def _tell(self, line: str) -> None:
        os.write(self._events, line.encode("utf-8", "replace") + b"\n")

    def _begin(self, what: str) -> None:
        # From a thread of its own that needs no GIL; the traceback goes to the null device.
        faulthandler.dump_traceback_later(self._deadline, exit=True, file=2)
        self._tell(f"begin {what}")

    def _end(self, what: str) -> None:
        self._tell(f"end {what}")

    def _announce(self, event: str, place: str) -> None:
        self._tell(f"{event} read {place}")

    def _write(self, facts: Facts) -> None:
        self._out.write(json.dumps(facts, sort_keys=True, separators=(",", ":")) + "\n")
        self._out.flush()

    # --- Importing ---

    def _import_all(self) -> Dict[str, object]:
        found: Dict[str, object] = {}
        level = [self._library]
        while level:
            below: List[str] = []
            for name in level:
                module = self._import(name)
                if module is not None:
                    found[name] = module
                    below.extend(self._submodules(name, module))
            level = sorted(set(below) - set(found))
        for name in self._made_at_run_time(found):
            found[name] = sys.modules[name]
        return found

    def _import(self, name: str) -> Optional[object]:
        if name in self._skipped:
            return None
        self._begin(f"import {name}")
        module: Optional[object] = None
        try:
            module = importlib.import_module(name)
            # A module that loads itself on first use does so now, while it is the one to blame.
            getattr(module, "__all__", None)
        except BaseException as error:  # modules raise SystemExit, KeyboardInterrupt and pytest's outcomes on import
            self._write({"module": name, "failed": self._failure(name, error)})
        self._end(f"import {name}")
        return module

    def _failure(self, name: str, error: BaseException) -> Facts:
        facts: Facts = {"type": address(type(error)), "message": text(attempt(str, error)) or ""}
        missing = text(getattr(error, "name", None)) if isinstance(error, ModuleNotFoundError) else None
        facts["missing"] = missing
        if name == self._library and missing is not None and f"{name}.".startswith(f"{missing}."):
            facts.update(alternatives())
        return facts

    def _submodules(self, name: str, module: object) -> Iterator[str]:
        folders = held_by(module).get("__path__")
        listed = attempt(lambda: [one.name for one in pkgutil.iter_modules(list(folders))]) if folders else None  # type: ignore[call-overload]
        for one in sorted_names(listed if isinstance(listed, list) else []):
            if one.isidentifier() and one != "__main__" and not self._is_ignored(one):
                yield f"{name}.{one}"

    def _is_ignored(self, name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self._ignored)

    def _made_at_run_time(self, found: Dict[str, object]) -> List[str]:
        # Modules without a file, such as `os.path` and `six.moves`, are only known to `sys.modules`.
        prefix = f"{self._library}."
        names = [name for name in sorted_names(dict(sys.modules)) if name.startswith(prefix) and name not in found]
        return [
            name
            for name in names
            if derives(sys.modules[name], type(sys))
            and name.rpartition(".")[0] in found
            and not self._is_ignored(name.rpartition(".")[2])
            and all(part.isidentifier() for part in name.split("."))
        ]

    # --- Classes that no module shows ---

    def _unmet_bases(self) -> List[Facts]:
        found: List[Facts] = []
        while True:
            unmet = [one for one in self._describer.bases.values() if not self._describer.was_seen(one)]
            if not unmet:
                return found
            found.extend([self._describer.entry(one, address(one)) for one in sorted(unmet, key=address)])
