"""Manifests of older schemas: verified as they were written, then read as if they were written today."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from snakebridge.checks import check
from snakebridge.errors import ManifestError
from snakebridge.manifest import SCHEMA_VERSION, Kind, ParameterKind, Selection, Surface, Tier, dumps, loads, read
from snakebridge.manifest.migrate import OLDEST_SCHEMA, sections

FIRST = Path(__file__).parent / "data" / "json-schema-1.json"
"""As snakebridge 0.1 wrote it."""


def line(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def first_schema(symbols, surface="public"):
    """Return a file of schema 1, hashed by its rule."""
    lines = ",\n".join(line({**one, "hash": digest(line(one))[:16]}) for one in symbols)
    body = (
        f'"schema":1,\n"library":{{"name":"lib"}},\n"surface":"{surface}",\n'
        f'"modules":[\n\n],\n"symbols":[\n{lines}\n],\n"findings":[\n\n]'
    )
    return f'{{\n{body},\n"hash":"sha256:{digest(body)}"\n}}\n'


def test_the_first_schema_is_read_as_it_was_written():
    made = read(FIRST)
    assert json.loads(FIRST.read_text(encoding="utf-8"))["schema"] == 1
    assert made.selection == Selection(surface=Surface.PUBLIC)
    symbols = {symbol.path: symbol for symbol in made.symbols}
    assert len(symbols) == 42
    dumped = symbols["json:dumps"]
    assert (dumped.kind, dumped.tier, dumped.overloads) == (Kind.FUNCTION, Tier.RUNTIME, ())
    assert dumped.signature is not None
    assert [one.name for one in dumped.signature.parameters][:3] == ["obj", "skipkeys", "ensure_ascii"]
    assert dumped.signature.parameters[1].kind is ParameterKind.KEYWORD
    assert dumped.signature.parameters[1].default.literal == "False"
    assert symbols["json:JSONDecoder.decode"].doc is not None
    assert symbols["json:JSONDecodeError"].bases == ("builtins:ValueError",)


def test_what_was_migrated_is_written_in_the_schema_in_force():
    text = dumps(read(FIRST))
    assert json.loads(text)["schema"] == SCHEMA_VERSION
    assert loads(text) == read(FIRST)
    assert dumps(loads(text)) == text


def test_several_signatures_become_overloads_below_one_that_takes_anything():
    one, two = {"parameters": [{"name": "x"}], "returns": "int"}, {"returns": "str"}
    symbol = {"path": "lib:f", "kind": "function", "signatures": [one, two], "tier": "stub"}
    (made,) = loads(first_schema([symbol])).symbols
    assert [one.returns for one in made.overloads] == ["int", "str"]
    assert made.overloads_tier is Tier.STUB
    assert made.signature is not None
    assert [one.kind.value for one in made.signature.parameters] == ["variadic", "variadic_keyword"]


def test_a_symbol_without_signature_stays_without():
    (made,) = loads(first_schema([{"path": "lib:k", "kind": "constant", "type": "int"}])).symbols
    assert (made.signature, made.overloads, made.type) == (None, (), "int")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"kind":"exception"', '"kind":"class"', "changed by hand or damaged at json:JSONDecodeError"),
        ('"version":"2.0.9"', '"version":"2.1"', "its hash does not match"),
        ('"surface":"public"', '"surface":"all"', "its hash does not match"),
        ('"surface":"public"', '"surface":["all"]', "its hash does not match"),
        ('"surface":"public"', '"more":1', "its hash does not match"),
        ('"hash":"sha256:', '"hash":"sha256:0', "its hash does not match"),
        ('"symbols":[', '"symbols":[3,', "its symbols are no list of symbols"),
        ('"findings":[', '"findings":[{"rule":1}', "its hash does not match"),
    ],
)
def test_a_change_by_hand_is_noticed_before_anything_is_migrated(old, new, says):
    text = FIRST.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ManifestError) as caught:
        loads(text.replace(old, new, 1), source="json.json")
    assert says in str(caught.value)
    assert str(caught.value).startswith("json.json was changed by hand or damaged")
    assert str(caught.value).endswith("; introspect the library again")


def test_what_the_schema_in_force_does_not_allow_is_refused_after_the_migration_too():
    with pytest.raises(ManifestError, match=r"is not a valid manifest: selection\.surface"):
        loads(first_schema([], surface="some"))


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (
            "99",
            "has schema 99 and this snakebridge reads schema 2 at most, so a newer one wrote it; upgrade snakebridge",
        ),
        ("0", "has schema 0 and this snakebridge reads schema 2; introspect"),
        ("-1", "has schema -1 and"),
        ("true", "has schema True and"),
        ('"1"', "has schema '1' and"),
        ("1.0", "has schema 1.0 and"),
        ("null", "has schema None and"),
    ],
)
def test_a_schema_nobody_knows_is_one_sentence_with_the_mend(schema, says):
    text = FIRST.read_text(encoding="utf-8").replace('"schema":1', f'"schema":{schema}', 1)
    with pytest.raises(ManifestError) as caught:
        loads(text, source="lib.json")
    assert str(caught.value).startswith(f"lib.json {says}")
    assert "introspect the library again" in str(caught.value)


def test_every_schema_up_to_the_one_in_force_has_its_parts():
    for schema in range(OLDEST_SCHEMA, SCHEMA_VERSION + 1):
        assert {"library", "modules", "symbols", "findings"} <= set(sections(schema))


def test_check_reads_an_old_manifest_and_says_what_to_generate(tmp_path):
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "json.json").write_bytes(FIRST.read_bytes())
    report = check(tmp_path / "bridges", tmp_path / "manifests")
    assert report.libraries == ("json",)
    assert report.findings
    assert all("generate" in (finding.hint or finding.message) for finding in report.findings)
