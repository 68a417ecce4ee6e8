# The walk: imports a library breadth first, then describes what was imported, one JSON line per module.
#
# Two passes, because importing is what costs and crashes: when the host has to start again without a module, only
# imports are repeated. Words on the events descriptor: `begin` and `end` with `import MODULE`, `describe MODULE` or
# `read MODULE:NAME`; `module-count N` after the imports, and `done`.
#
# Guarantees: what happens between `begin` and `end` is the fault of what was begun; a line is flushed before the `end`
# of its description. A watchdog written in C ends this process when nobody listens any more, whoever holds the GIL.

from __future__ import annotations

import faulthandler
import fnmatch
import gc
import importlib
import json
import os
import pkgutil
import sys
import time
from typing import Any, Iterator, TextIO

from ._annotations import variables
from ._modules import module_facts
from ._objects import Describer
from ._process import Watch
from ._reading import Facts, address, attempt, derives, held_by, read, sorted_names, text

_SLACK = 600.0  # seconds; see the host's _MOST_STARVED


def main(argv: list[str]) -> int:
    """Walk a library, as one JSON object asks.

    `out`: the file for the lines; `events` and `output`: descriptors, for the words and for what the library prints;
    `deadline`: seconds per module; `skip`: modules and addresses not to touch; `watch`: modules in which each name is
    announced; `ignore`: patterns of submodules, which `!NAME` lifts; `operators`: the special methods to describe,
    beside which no member is that begins with `_`.
    """
    given = json.loads(argv[0])
    os.set_inheritable(given["events"], False)  # noqa: FBT003 - its signature is positional
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor, target in enumerate((nowhere, given["output"], given["output"])):
        os.dup2(target, descriptor)
    with open(given["out"], "w", encoding="ascii", newline="\n") as out:
        _Walk(given, out).run()
    return 0


class _Walk:
    def __init__(self, given: dict[str, Any], out: TextIO) -> None:
        self._given, self._out = given, out
        self._library: str = given["library"]
        self._encode = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
        self._armed = 0.0
        self._folder = os.getcwd()
        self._describer = Describer(given["operators"])
        self._found: dict[str, object] = {}
        self._effects: dict[str, list[str]] = {}

    def run(self) -> None:
        for name in self._given["skip"]:
            if ":" not in name:
                sys.modules[name] = None  # type: ignore[assignment] # whoever imports it gets an ImportError
        here = os.path.realpath(self._folder)  # empty
        path = [one for one in sys.path if type(one) is str and os.path.isabs(one) and os.path.realpath(one) != here]
        name, version = sys.implementation.name, sys.version_info[:3]
        self._write({"target": {"platform": sys.platform, "implementation": name, "version": version, "path": path}})
        self._import_all()
        if self._found:
            gc.freeze()  # nobody looks for garbage among what was imported
            self._tell(f"module-count {len(self._found)}")
            for name, module in self._found.items():
                self._describe(name, module)
            self._begin(f"describe {self._library}")
            bases: list[Facts] = []  # that no module shows; describing one may bring others
            while unmet := self._describer.unmet():
                bases += [self._describer.entry(one, address(one)) for one in unmet]
            self._write({"bases": bases, "variables": dict(sorted(variables.items()))})
        self._tell("done")
        faulthandler.cancel_dump_traceback_later()

    def _describe(self, name: str, module: object) -> None:
        self._begin(f"describe {name}")
        is_watched = name in self._given["watch"]
        facts = module_facts(name, module, self._describer, self._given["skip"], self._tell, is_watched=is_watched)
        facts["side_effects"] = self._effects.get(name, [])
        if name == self._library:
            facts["version"] = text(held_by(module).get("__version__"))
        self._write(facts)
        self._tell(f"end describe {name}")

    def _tell(self, line: str) -> None:
        os.write(self._given["events"], line.encode("utf-8", "replace") + b"\n")

    def _begin(self, what: str) -> None:
        if time.monotonic() - self._armed > 1:  # costs milliseconds
            faulthandler.dump_traceback_later(self._given["deadline"] + _SLACK, exit=True, file=2)
            self._armed = time.monotonic()
        self._tell(f"begin {what}")

    def _write(self, facts: Facts) -> None:
        self._out.write(self._encode(facts) + "\n")
        self._out.flush()

    def _import_all(self) -> None:
        level = [self._library]
        while level:
            below: list[str] = []
            for name in level:
                if name not in self._given["skip"] and self._import(name):
                    below.extend(self._submodules(name))
            level = sorted(set(below) - set(self._found))
        # Modules without a file (`os.path`, `six.moves`) are only in `sys.modules`.
        for name in sorted_names(dict(sys.modules)):
            outer, _, bare = name.rpartition(".")
            is_below = name.startswith(f"{self._library}.") and outer in self._found and bare.isidentifier()
            if is_below and derives(sys.modules[name], type(sys)) and not self._is_ignored(bare):
                self._found.setdefault(name, sys.modules[name])

    def _import(self, name: str) -> bool:
        self._begin(f"import {name}")
        watch = Watch()
        failed: Facts = {}
        try:
            module = importlib.import_module(name)
            getattr(module, "__all__", None)  # a module that loads itself on first use does so now
            self._found[name] = module
        except BaseException as error:  # SystemExit, KeyboardInterrupt, pytest's outcomes
            failed = {"type": address(type(error)), "message": text(attempt(str, error)) or ""}
            failed["missing"] = text(read(error, "name")) if isinstance(error, ModuleNotFoundError) else None
        self._effects[name] = watch.end(self._folder, is_root=name == self._library)
        if failed:
            self._write({"module": name, "failed": failed, "side_effects": self._effects[name]})
        self._tell(f"end import {name}")
        return not failed

    def _submodules(self, name: str) -> Iterator[str]:
        listed = attempt(lambda: [one.name for one in pkgutil.iter_modules(held_by(self._found[name])["__path__"])])
        for one in sorted_names(listed):
            if self._is_ignored(one) or one == "__main__":
                continue
            if one.isidentifier():
                yield f"{name}.{one}"
            else:
                self._write({"module": f"{name}.{one}", "failed": {"type": "builtins:SyntaxError", "message": ""}})

    def _is_ignored(self, name: str) -> bool:
        patterns = self._given["ignore"]
        return f"!{name}" not in patterns and any(fnmatch.fnmatchcase(name, one) for one in patterns)
