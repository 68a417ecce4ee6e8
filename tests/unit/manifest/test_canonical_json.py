"""Canonical JSON: same manifest, same bytes; whatever was changed by hand is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from snakebridge.errors import ManifestError, OutputError
from snakebridge.manifest import (
    Binding,
    Default,
    Definition,
    DefinitionKind,
    Effects,
    EnumMember,
    Field,
    Finding,
    Flag,
    Kind,
    Level,
    Library,
    Manifest,
    Module,
    Note,
    Parameter,
    ParameterKind,
    Shape,
    Signature,
    Symbol,
    Tier,
    Variance,
    content_hash,
    dumps,
    json_schema,
    loads,
    read,
    symbol_hash,
    write,
)

FULL = Manifest(
    library=Library(name="lib.sub", distribution="Lib", version="1.0"),
    modules=(
        Module(name="lib.sub", package=True, doc="Ünïcode.", exports={"f": "lib.sub:f"}, external={"os": "os.path"}),
        Module(name="lib.sub.a"),
    ),
    symbols=(
        Symbol(
            path="lib.sub:f",
            kind=Kind.FUNCTION,
            aliases=("lib.sub.a:f",),
            defined="lib.sub._f:f",
            doc='A "doc"\nwith lines.',
            signature=Signature(
                parameters=(
                    Parameter(name="x", kind=ParameterKind.POSITIONAL_ONLY, type="int | None"),
                    Parameter(name="y", default=Default(literal="'a'")),
                    Parameter(name="z", kind=ParameterKind.KEYWORD, default=Default(opaque="lib.sub:S")),
                ),
                returns="list[?'T']",
            ),
            tier=Tier.RUNTIME,
            overloads=(Signature(returns="int"), Signature(returns="str", deprecated="Use int.")),
            flags=(Flag.GENERATOR,),
            condition="sys.version_info >= (3, 11)",
            notes=(Note.CONDITIONAL, Note.STUB_DRIFTED),
            effects=Effects(pure=True, mutates=("x",), timeout=1.5),
        ),
        Symbol(
            path="lib.sub:C",
            kind=Kind.CLASS,
            bases=("builtins:dict",),
            generic_bases=("dict[str, lib.sub:T]",),
            parameters=("lib.sub:T",),
            protocols=("__len__",),
            metaclass="lib.sub._c:Meta",
            shape=Shape.DATACLASS,
            fields=(Field(name="x", type="lib.sub:Alias", default=Default(literal="0"), required=False),),
        ),
        Symbol(path="lib.sub:C.x", kind=Kind.PROPERTY, binding=Binding.INSTANCE, type="int"),
        Symbol(path="lib.sub:E", kind=Kind.ENUM, members=(EnumMember(name="A", value="1"), EnumMember(name="B"))),
        Symbol(path="lib.sub:k", kind=Kind.CONSTANT, type="float", value="nan"),
    ),
    definitions=(
        Definition(path="lib.sub:T", kind=DefinitionKind.VARIABLE, bound="int", variance=Variance.COVARIANT),
        Definition(path="lib.sub:Alias", kind=DefinitionKind.ALIAS, type="int | lib.sub:T", parameters=("lib.sub:T",)),
    ),
    findings=(
        Finding(rule="module-failed", level=Level.NOTE, path="lib.sub.b", message="b", hint="mend"),
        Finding(rule="a-rule", level=Level.ERROR, path="lib.sub", message="a"),
    ),
).sorted()


def test_what_is_written_reads_as_the_same_manifest():
    assert loads(dumps(FULL)) == FULL


def test_order_on_the_way_in_does_not_matter():
    shuffled = FULL.model_copy(
        update={
            "modules": FULL.modules[::-1],
            "symbols": FULL.symbols[::-1],
            "definitions": FULL.definitions[::-1],
            "findings": FULL.findings[::-1],
        }
    )
    assert dumps(shuffled) == dumps(FULL)
    assert content_hash(shuffled) == content_hash(FULL)


def test_each_module_symbol_definition_and_finding_is_one_line():
    lines = dumps(FULL).splitlines()
    assert sum(line.startswith('{"') for line in lines) == 2 + 5 + 2 + 2
    assert dumps(FULL).endswith("\n}\n")
    assert [json.loads(line.rstrip(","))["path"] for line in lines if '"kind":"property"' in line] == ["lib.sub:C.x"]


def test_nothing_empty_is_written():
    text = dumps(Manifest(library=Library(name="lib"), symbols=(Symbol(path="lib:x", kind=Kind.CONSTANT),)))
    assert (
        f'{{"hash":"{symbol_hash(Symbol(path="lib:x", kind=Kind.CONSTANT))}","kind":"constant","path":"lib:x"}}' in text
    )
    assert "null" not in text
    assert loads(text).library.name == "lib"


def test_an_empty_manifest_survives():
    empty = Manifest(library=Library(name="lib"))
    assert loads(dumps(empty)) == empty


def test_the_schema_accepts_what_is_written():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(json.loads(dumps(FULL)))
    validator.validate(json.loads(dumps(Manifest(library=Library(name="lib")))))


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 1},
        {"hash": "sha256:0"},
        {"extra": 1},
        {"library": {}},
        {"library": {"name": "a b"}},
        {"symbols": [{"path": "no-colon", "kind": "class", "hash": "0" * 16}]},
        {"symbols": [{"path": "a:b", "kind": "thing", "hash": "0" * 16}]},
        {"symbols": [{"path": "a:b", "kind": "class", "hash": "short"}]},
    ],
    ids="-".join,
)
def test_the_schema_refuses_what_is_no_manifest(change):
    data = {**json.loads(dumps(FULL)), **change}
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(data)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"int | None"', '"int"', "changed by hand or damaged at lib.sub:f"),
        ('"kind":"constant"', '"kind":"class"', "changed by hand or damaged at lib.sub:k"),
        ('"version":"1.0"', '"version":"1.1"', "its hash does not match"),
        ('"message":"b"', '"message":"c"', "its hash does not match"),
        ('"selection":{}', '"selection":{"depth":1}', "its hash does not match"),
        ('"hash":"sha256:', '"hash":"sha256:0', "its hash does not match"),
        ('"schema":2', '"schema":99', "has schema 99"),
        ('"schema":2,', "", "is not a manifest"),
        ('"symbols":[', '"symbols":{', "is not JSON"),
        ('"name":"lib.sub",', '"name":"lib;sub",', "is not a valid manifest: "),
        ('"int | None"', '"int |"', "is not a type expression"),
        ('"kind":"constant"', '"kind":"constant","more":1', "is not a valid manifest: symbols"),
    ],
)
def test_a_change_by_hand_is_one_sentence_that_names_the_place(old, new, says):
    text = dumps(FULL)
    assert old in text
    with pytest.raises(ManifestError) as caught:
        loads(text.replace(old, new, 1), source="lib.json")
    assert says.replace("is not a type", "not a type") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{}", "null", "[" * 100_000], ids=["empty", "list", "number", "object", "null", "deep"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ManifestError, match="introspect the library again"):
        loads(text)


@pytest.mark.parametrize(
    "data",
    [
        '{"schema":1,"library":{"name":"a"},"symbols":{"a":1}}',
        '{"schema":1,"library":{"name":"a"},"symbols":[3]}',
        '{"schema":1,"library":{"name":"a"},"symbols":3}',
        '{"schema":1,"library":{"name":"a"},"symbols":"words"}',
        '{"schema":1,"library":3}',
        '{"schema":[1]}',
    ],
)
def test_damage_of_any_shape_is_a_sentence(data):
    with pytest.raises(ManifestError):
        loads(data)


def test_equal_types_are_equal_strings():
    one = Parameter(name="x", type="builtins:int|None")
    assert one.type == "int | None"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "a b"), ("name", "1a"), ("name", ""), ("name", "x\n"), ("type", "int]"), ("type", "import os;")],
)
def test_names_and_types_are_validated_on_the_way_in(field, value):
    with pytest.raises((ValueError, ManifestError)):
        Parameter(**{"name": "x", field: value})


def test_parts_of_a_path():
    member = Symbol(path="lib.sub:C.x", kind=Kind.PROPERTY)
    assert (member.module, member.qualname, member.name, member.owner) == ("lib.sub", "C.x", "x", "lib.sub:C")
    assert Symbol(path="lib:f", kind=Kind.FUNCTION).owner is None


def test_writing_is_atomic_and_says_whether_bytes_changed(tmp_path):
    path = tmp_path / "new" / "lib.json"
    assert write(FULL, path)
    assert not write(FULL, path)
    assert read(path) == FULL
    assert write(Manifest(library=Library(name="lib")), path)
    assert [one.name for one in path.parent.iterdir()] == ["lib.json"]


def test_a_path_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot write"):
        write(FULL, tmp_path / "file" / "lib.json")
    (tmp_path / "lib.json").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write(FULL, tmp_path / "lib.json")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "lib.json"]


def test_reading_what_is_not_there_names_the_mend(tmp_path):
    with pytest.raises(ManifestError, match="make it with `snakebridge introspect`"):
        read(tmp_path / "none.json")
    with pytest.raises(ManifestError, match="cannot read"):
        read(tmp_path)
    (tmp_path / "latin.json").write_bytes(b"\xff")
    with pytest.raises(ManifestError, match="cannot read"):
        read(tmp_path / "latin.json")


def test_published_schema_is_the_one_in_force():
    published = Path(__file__).resolve().parents[3] / "docs" / "reference" / "manifest.schema.json"
    assert json.loads(published.read_text()) == json_schema(), "write docs/reference/manifest.schema.json again"
