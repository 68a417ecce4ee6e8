"""Whatever stands in any field of a manifest, generated code runs none of it and nothing is written elsewhere.

Manifests are made from the model itself, so a new field is fuzzed on the day it is added: every text is a payload, and
what the model refuses is taken out again. The payloads call a canary; it must only ever appear inside text.
"""

from __future__ import annotations

import ast
import builtins
import enum
import importlib
import random
import re
import sys
import types
import typing
import unicodedata

import pydantic
import pytest

import snakebridge.manifest
from snakebridge.codegen import render, write
from snakebridge.manifest import Library, Manifest, Module, Symbol
from snakebridge.manifest.model import _is_type

CANARY = "canary_sings"
PAYLOADS = [
    f"{CANARY}()",
    f'"""\n{CANARY}()\n"""',
    f"'''\n{CANARY}()\n'''",
    f'\\"""\n{CANARY}()\n\\"""',
    f'");{CANARY}();("',
    f"');{CANARY}();('",
    f"#\n{CANARY}()\n#",
    f"x\r{CANARY}()\rx",
    f"x\x0c\n{CANARY}()",
    f"x\u2028{CANARY}()\u2029",
    f"\\N{{QUOTATION MARK}};{CANARY}()",
    f"\\\n{CANARY}()",
    f"{{{{ {CANARY}() }}}}",
    f"{{% set x = {CANARY}() %}}",
    f"{{{CANARY}()}}",
    f"\u202e{CANARY}()\u2066 #",
    f"`x <!-- {CANARY}() --> <script>{CANARY}()</script>",
    f"[x](javascript:{CANARY}())",
    f"\x00{CANARY}()\x1b[31m",
    f">>> {CANARY}()\n... ```\n{CANARY}()",
]
PLACES = [
    "lib",
    "lib.m",
    "lib:C",
    "lib:D",
    "lib:E",
    "lib:X",
    "lib:N",
    "lib.m:f",
    "lib:C.go",
    "lib:_A",
    "lib:T",
    "builtins:tuple",
]
PLACES += [
    "../x:y",
    "/etc/passwd:x",
    "lib.__init__:f",
    "lib._adapter:f",
    "lib:__getattr__",
    "lib:ﬁ",
    "lib:class",
    "os:system",
]
TYPE_TEXTS = [
    "int",
    "lib:C",
    "list[lib:C]",
    "lib:_A[int]",
    'typing:Literal[\'a\\n"""\']',
    "typing:Self",
    "lib:E",
    "None",
]
TYPE_TEXTS += [f"typing:Literal['{CANARY}()']", "typing:Annotated[int, 'x']"]
FIELDS = {
    name
    for model in vars(snakebridge.manifest).values()
    if hasattr(model, "model_fields")
    for name in model.model_fields
}
NAMES = [
    "a",
    "b",
    "C",
    "go",
    "self",
    "cls",
    "class",
    "_lib",
    "_sb",
    "_t",
    "_b",
    "__x",
    "__init__",
    "__slots__",
    "__class__",
]
NAMES += [
    "__init_subclass__",
    "__set_name__",
    "__getattr__",
    "ﬁ",
    "ª",
    "\u0430",
    "print",
    "True",
    "mro",
    "x" * 200,
    "__debug__",
]
LITERALS = [
    "1",
    "'a'",
    "nan",
    "-inf",
    f"{CANARY}()",
    f"__import__('os').{CANARY}()",
    "(1, [2])",
    "{'a': b'\\x00'}",
    "1e999",
]
LITERALS += ["f'{1}'", "lambda: 0", "'\\u202e'", "'''\n'''", '"\\"\\"\\""', "Ellipsis", "9" * 400]


def text(chance: random.Random, name: str) -> str:
    if name in {"path", "module", "bases", "defined", "aliases", "exports", "metaclass", "descriptor", "opaque"}:
        return chance.choice(PLACES if chance.random() < 0.9 else PAYLOADS)
    if name in {"name", "mutates", "protocols", "external"}:
        return chance.choice(NAMES if chance.random() < 0.9 else PAYLOADS)
    if name in {"literal", "value"}:
        return chance.choice(LITERALS if chance.random() < 0.7 else PAYLOADS)
    return chance.choice(PAYLOADS)


def make(kind: object, chance: random.Random, name: str) -> object:  # noqa: C901, PLR0911 - a table of kinds
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        if any(isinstance(each, pydantic.AfterValidator) and each.func is _is_type for each in inside[1:]):
            return chance.choice(TYPE_TEXTS)  # the reader of types has tests of its own
        return make(inside[0], chance, name)
    if origin in {typing.Union, types.UnionType}:
        return make(chance.choice(inside), chance, name)
    if origin is typing.Literal:
        return chance.choice(inside)
    if origin is tuple:
        return [make(inside[0], chance, name) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
    if origin is dict:
        return {
            text(chance, "name"): make(inside[1], chance, "path" if name in {"exports", "external"} else name)
            for _ in range(chance.randrange(3))
        }
    if kind is type(None):
        return None
    assert isinstance(kind, type), (kind, name)
    if issubclass(kind, enum.Enum):
        return chance.choice(list(kind)).value
    if issubclass(kind, pydantic.BaseModel):
        return record(kind, chance)
    if kind is bool:
        return chance.random() < 0.5
    if kind in {int, float}:
        return chance.choice([0, 1, 5])
    return text(chance, name)


def record(model: type[pydantic.BaseModel], chance: random.Random) -> dict[str, object]:
    hints = typing.get_type_hints(model, include_extras=True)
    return {
        name: make(hints[name], chance, name)
        for name, field in model.model_fields.items()
        if field.is_required() or chance.random() < 0.6
    }


def without(value: object, place: tuple[object, ...]) -> bool:
    """Take out what the model refuses at a place; return whether that was possible."""
    for depth in range(len(place) - 1, -1, -1):
        held = value
        try:
            for step in place[:depth]:
                held = held[step]
            del held[place[depth]]
        except (LookupError, TypeError):
            continue
        return True
    return False


def manifest(seed: int) -> Manifest:
    chance = random.Random(seed)
    kinds = {"lib:C": "class", "lib:D": "class", "lib:E": "enum", "lib:X": "exception", "lib:N": "class"}
    symbols = {path: {**record(Symbol, chance), "path": path, "kind": kind} for path, kind in kinds.items()}
    owners = ["lib:", "lib.m:", "lib:C.", "lib:D.", "lib:N.", "lib:E.", "lib:X."]
    for path in [chance.choice(owners) + chance.choice(NAMES) for _ in range(12)] + PLACES:
        symbols.setdefault(path, {**record(Symbol, chance), "path": path})
    raw = record(Manifest, chance)
    raw["symbols"] = list(symbols.values())
    raw["library"] = {**record(Library, chance), "name": "lib"}
    raw["modules"] = [{**record(Module, chance), "name": name} for name in ("lib", "lib.m", "lib._adapter_hooks")]
    while True:
        try:
            return Manifest.model_validate(raw).sorted()
        except pydantic.ValidationError as refused:
            places = {tuple(step for step in error["loc"] if known(step)) for error in refused.errors()}
            for place in sorted(places, key=repr, reverse=True):  # the last of a list first
                assert without(raw, place), place


def known(step: object) -> bool:
    # Validators and members of unions stand in a place too.
    return isinstance(step, int) or step in FIELDS or step in PAYLOADS or step in NAMES


def written_code(text: str) -> list[str]:
    """Return the names that code uses, in the text of annotations and casts too."""
    found = []
    waiting = [ast.parse(text)]
    while waiting:
        for node in ast.walk(waiting.pop()):
            for field in ("id", "attr", "name", "arg", "asname", "module"):
                value = getattr(node, field, None)
                if isinstance(value, str):
                    found.append(value)
            cast = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("cast")
            quoted = node.args[0] if cast else node.value if isinstance(node, ast.AnnAssign) else None
            alias = cast or "TypeAlias" in ast.unparse(getattr(node, "annotation", None) or ast.Constant(0))
            if alias and isinstance(quoted, ast.Constant) and isinstance(quoted.value, str):
                waiting.append(ast.parse(quoted.value))
    return found


def is_data(statement: ast.stmt) -> bool:
    """Say whether a statement of an adapter is data: a name bound to a literal, or to a frozen set of the words of one."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    value = statement.value
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "frozenset":
        words = [each.func.value for each in value.args if ast.unparse(each).endswith(".split()")]
        return len(words) == len(value.args) and all(isinstance(ast.literal_eval(each), str) for each in words)
    return ast.literal_eval(value) is None or True


SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_payloads_stay_text_in_every_file(seed):
    tree = render(manifest(seed))
    for path, text in tree.items():
        assert re.fullmatch(r"[\w.]+(/[\w.]+)*", path), path
        assert not {"", ".", ".."} & set(path.split("/"))
        assert all(each == "\n" or unicodedata.category(each) not in {"Cc", "Cf", "Zl", "Zp"} for each in text), path
        if path.endswith(".py"):
            assert not any(CANARY in name for name in written_code(text)), path
        if path.endswith("_adapter.py"):
            assert all(map(is_data, ast.parse(text).body))
        if path.endswith(".md"):
            assert "<script" not in text
            assert "](javascript" not in text
            assert text.count("<!--") == text.count("-->") == 1


@pytest.mark.parametrize("seed", SEEDS[:15])
def test_nothing_runs_and_nothing_is_written_elsewhere(seed, tmp_path, monkeypatch):
    sung = []
    monkeypatch.setattr(builtins, CANARY, lambda *_: sung.append("sang"), raising=False)
    monkeypatch.chdir(tmp_path)
    tree = render(manifest(seed))
    package = f"hostile_{tmp_path.name}_{seed}"
    (tmp_path / "beside").mkdir()
    write(tree, tmp_path / "beside" / package, library="lib")
    assert [each.name for each in tmp_path.iterdir()] == ["beside"]
    assert [each.name for each in (tmp_path / "beside").iterdir()] == [package]
    monkeypatch.syspath_prepend(str(tmp_path / "beside"))
    importlib.invalidate_caches()
    modules = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in tree if path.endswith(".py")
    ]
    try:
        for module in modules:
            if module and module != "__init__":
                loaded = importlib.import_module(f"{package}.{module}")
                for name in loaded.__all__ if hasattr(loaded, "__all__") else ():
                    assert CANARY not in getattr(vars(loaded).get(name), "__name__", "")
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
    assert sung == []


def test_payloads_reach_the_generator():
    # Else the tests above would prove nothing.
    kept = "".join(manifest(seed).model_dump_json() for seed in SEEDS[:10])
    assert kept.count(CANARY) > 500
    assert len(render(manifest(0))) > 5
