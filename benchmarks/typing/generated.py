"""The signatures of a generated package, as `inspect` sees them: `generated.py FOLDER WALK.jsonl OUT.json`.

For each callable that `walk.py` found in the library, the generated one is looked up under the same names, without any
call: no interpreter is named, so a package that had to ask one would fail.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import typing
import warnings
from pathlib import Path

from snakebridge.errors import ConfigurationError

METHODS = ("method", "classmethod", "staticmethod")


class Readable(Exception):  # noqa: N818 - no failure: a property or an attribute
    """What is found is read, and what is read is called."""


def main(folder: str, walk: str, out: str) -> None:
    sys.path.insert(0, folder)
    records = [json.loads(line) for line in Path(walk).read_text(encoding="utf-8").splitlines()][1:]
    Path(out).write_text(json.dumps([look(record) for record in records]), encoding="utf-8")


def look(record: dict) -> dict:
    """Return what there is for a callable: a signature, or why there is none."""
    failure = "it has no name"
    for path in (record["path"], *record.get("aliases", ())):
        try:
            return {"parameters": signature(path, record["kind"])}
        except ConfigurationError:
            return {"reason": "object"}
        except Readable:
            return {"reason": "property"}
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the generated code is the finding
            failure = f"{type(error).__name__}: {error}"
    return {"missing": failure[:300]}


def signature(path: str, kind: str) -> list[list] | None:
    """Return name, kind and whether it may be left out, of each parameter but the receiver."""
    head, _, name = path.rpartition(".")
    if kind not in METHODS:
        return shown(getattr(importlib.import_module(f"bridges.{head}"), name))
    module, _, owner = head.rpartition(".")
    holder = getattr(importlib.import_module(f"bridges.{module}"), owner)
    raw = inspect.getattr_static(holder, name)
    if not callable(raw) and not isinstance(raw, (classmethod, staticmethod)):
        raise Readable(path)
    parameters = shown(getattr(holder, name))
    return parameters if parameters is None or isinstance(raw, (classmethod, staticmethod, type)) else parameters[1:]


def shown(thing: object) -> list[list] | None:
    if not callable(thing) or thing is typing.Any:  # an alias is `Any` at run time
        raise Readable(repr(thing))
    try:
        parameters = inspect.signature(thing).parameters.values()
    except ValueError:  # an exception that is made as built-in ones are
        return None
    return [[one.name, int(one.kind), one.default is not one.empty] for one in parameters]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
