"""Stand-ins take what their users give for what they stand for, and refuse the rest; hints refuse nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from snakebridge.codegen import render, write
from snakebridge.manifest import Definition, DefinitionKind, Kind, Library, Manifest, Parameter, Signature, Symbol, Tier

SOURCE = Path(__file__).parents[2] / "src"
LIKE = "numpy._typing._array_like:_SupportsArray | numpy._typing._nested_sequence:_NestedSequence[float] | float"
PARAMETERS = {
    "array": ("numpy:ndarray[Any, Any]", Tier.STUB),
    "like": (LIKE, Tier.STUB),
    "scalar": ("numpy:float64", Tier.STUB),
    "dtype": ("numpy:dtype[Any] | type[numpy:float64] | None", Tier.STUB),
    "buffer": ("collections.abc:Buffer", Tier.RUNTIME),
    "reader": ("_typeshed:SupportsRead[bytes]", Tier.STUB),
    "private": ("lib:_Private", Tier.RUNTIME),
    "keys": ("lib:_Keys", Tier.STUB),
    "told": ("int", Tier.DOCSTRING),
}
USE = """
import array
import io
import bridges.lib as lib


class Array:
    def __array__(self, dtype: object = None, *, copy: bool | None = None) -> object:
        return self


class DataType:
    kind = "f"
    itemsize = 8


made = lib.Made()
lib.array(Array())
lib.array(made)
lib.like(1)
lib.like([[1.0], (2.0,)])
lib.like(range(3))
lib.like(array.array("d"))
lib.scalar(1)
lib.scalar(Array())
lib.dtype(DataType())
lib.dtype(float)
lib.dtype(None)
lib.buffer(b"")
lib.buffer(bytearray())
lib.buffer(memoryview(b""))
lib.reader(io.BytesIO())
lib.private(made)
lib.keys({"a": 1})
lib.told(1)
lib.told("anything")

lib.array([1])  # wrong
lib.like(None)  # wrong
lib.scalar("1")  # wrong
lib.dtype(1)  # wrong
lib.buffer("")  # wrong
lib.reader(b"")  # wrong
lib.private(1)  # wrong
lib.keys([1])  # wrong
"""


def manifest():
    functions = [
        Symbol(
            path=f"lib:{name}",
            kind=Kind.FUNCTION,
            signature=Signature(parameters=(Parameter(name="x", type=type_, tier=tier),), returns="None"),
        )
        for name, (type_, tier) in PARAMETERS.items()
    ]
    made = Symbol(path="lib:Made", kind=Kind.CLASS, bases=("lib:_Private",), signature=Signature())
    definitions = (
        Definition(path="lib:_Private", kind=DefinitionKind.CLASS),
        Definition(path="lib:_Keys", kind=DefinitionKind.CLASS, bases=("typing:TypedDict",)),
    )
    return Manifest(library=Library(name="lib"), symbols=(made, *functions), definitions=definitions)


@pytest.mark.slow
def test_stand_ins_take_what_may_be_given(tmp_path):
    (tmp_path / "cache").mkdir()
    write(render(manifest()), tmp_path / "bridges", library="lib")
    (tmp_path / "use.py").write_text(USE)
    wrong = {number for number, line in enumerate(USE.splitlines(), 1) if line.endswith("# wrong")}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path / "cache"), "use.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(SOURCE)},
    )
    said = {int(found[1]) for found in re.finditer(r"^use\.py:(\d+): error", done.stdout, re.MULTILINE)}
    assert said == wrong, done.stdout
    settings = {"typeCheckingMode": "strict", "include": ["use.py"], "extraPaths": [str(SOURCE)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "-p", str(tmp_path), "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    assert {one["range"]["start"]["line"] + 1 for one in found} == wrong, found
