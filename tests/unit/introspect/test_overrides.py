"""Overrides: what people say about a library reaches its manifest, and what does not fit is said."""

from __future__ import annotations

import pytest
from interpreters import interpreter

from snakebridge.errors import ConfigurationError
from snakebridge.introspect import Options, introspect
from snakebridge.introspect._overrides import read_overrides
from snakebridge.introspect._overriding import apply
from snakebridge.manifest import (
    Binding,
    Default,
    Definition,
    DefinitionKind,
    Effects,
    Kind,
    Level,
    Library,
    Manifest,
    Module,
    Parameter,
    ParameterKind,
    Signature,
    Symbol,
    Tier,
    dumps,
    loads,
)

ANYTHING = Signature(
    parameters=(
        Parameter(name="args", kind=ParameterKind.VARIADIC),
        Parameter(name="kwargs", kind=ParameterKind.VARIADIC_KEYWORD),
    )
)
ONE = Signature(parameters=(Parameter(name="x", type="int"),), returns="int")
OTHER = Signature(parameters=(Parameter(name="x", type="str"), Parameter(name="y")), returns="str")
LIBRARY = Manifest(
    library=Library(name="lib", distribution="Lib", version="1.5"),
    modules=(
        Module(name="lib", package=True, exports={"f": "lib:f", "Box": "lib:Box", "pi": "lib:pi", "g": "lib.sub:g"}),
        Module(name="lib.sub", exports={"g": "lib.sub:g", "f": "lib:f", "both": "lib.sub:both"}),
    ),
    symbols=(
        Symbol(path="lib:Box", kind=Kind.CLASS, signature=ANYTHING, tier=Tier.VARIADIC, aliases=("lib.sub:Box",)),
        Symbol(path="lib:Box.size", kind=Kind.PROPERTY, binding=Binding.INSTANCE, type="int"),
        Symbol(
            path="lib:Box.put",
            kind=Kind.FUNCTION,
            binding=Binding.INSTANCE,
            tier=Tier.RUNTIME,
            signature=Signature(parameters=(Parameter(name="what"),)),
        ),
        Symbol(path="lib:f", kind=Kind.FUNCTION, signature=ANYTHING, tier=Tier.VARIADIC, aliases=("lib.sub:f",)),
        Symbol(path="lib:pi", kind=Kind.CONSTANT, type="float", value="3.14"),
        Symbol(
            path="lib.sub:g",
            kind=Kind.FUNCTION,
            tier=Tier.RUNTIME,
            signature=Signature(
                parameters=(
                    Parameter(name="data", type="list[lib:Box]"),
                    Parameter(name="axis", default=Default(opaque="lib:Missing")),
                ),
            ),
        ),
        Symbol(
            path="lib.sub:both",
            kind=Kind.FUNCTION,
            tier=Tier.STUB,
            signature=Signature(parameters=(Parameter(name="x"), Parameter(name="y", default=Default(literal="0")))),
            overloads=(ONE, OTHER),
        ),
    ),
    definitions=(Definition(path="lib._types:Scalar", kind=DefinitionKind.ALIAS, type="int | float"),),
).sorted()


@pytest.fixture
def say(tmp_path):
    """Return what becomes of the library when files say something about it: its symbols by path, and the findings."""

    def apply_texts(*texts):
        files = []
        for number, text in enumerate(texts):
            files.append(tmp_path / f"file{number}.toml")
            files[-1].write_text(text if "library =" in text else f'library = "lib"\n{text}', encoding="utf-8")
        made = apply(LIBRARY, read_overrides(files))
        assert loads(dumps(made)) == made
        return made

    return apply_texts


def by_path(manifest):
    return {symbol.path: symbol for symbol in manifest.symbols}


def findings(manifest):
    return [(finding.rule, finding.path) for finding in manifest.findings]


def test_no_overrides_change_nothing(say):
    assert apply(LIBRARY, read_overrides([])) is LIBRARY
    assert say("") == LIBRARY


@pytest.mark.parametrize(
    ("key", "said", "expected"),
    [
        ("lib:f", 'returns = "list[Any] | None"', "(*args, **kwargs) -> list[Any] | None"),
        ("lib:f", 'signature = "(x, /, *, axis=0)"', "(x, /, *, axis=0) -> None"),
        ("lib:f", "signature = \"(x: int, y: 'lib:Box' = ...) -> Box\"", "(x: int, y: lib:Box = ...) -> lib:Box"),
        (
            "lib:f",
            'signature = "(x: lib.Box = nan, *more: str, key, **rest)"',
            "(x: lib:Box = nan, *more: str, key, **rest)",
        ),
        ("lib:f", 'signature = "() -> Iterator[Optional[int]]"', "() -> collections.abc:Iterator[int | None]"),
        ("lib:f", "signature = \"(k: Literal['a', 'b'] = 'a')\"", "(k: typing:Literal['a', 'b'] = 'a')"),
        ("lib:f", 'signature = "(f: Callable[[int], List[str]])"', "(f: typing:Callable[[int], list[str]])"),
        ("lib:f", 'signature = "(x: decimal.Decimal | lib._types.Scalar)"', "(x: decimal:Decimal | lib._types:Scalar)"),
        ("lib:f", 'signature = "(x=-1, y=(1, [2]), z={})"', "(x=-1, y=(1, [2]), z={})"),
        ("lib.sub:f", 'returns = "int"', "(*args, **kwargs) -> int"),
        ("sub:g", 'parameters.axis = { type = "int" }', "(data: list[lib:Box], axis: int = <lib:Missing>)"),
        (
            "lib.sub.g",
            'signature = "(data, axis=..., extra=...)"',
            "(data: list[lib:Box], axis = <lib:Missing>, extra = ...)",
        ),
        ("lib:Box.put", 'signature = "(self, what: int, n: int = 1) -> None"', "(what: int, n: int = 1) -> None"),
        ("lib.sub:Box.put", 'parameters.what = { type = "Box" }', "(what: lib:Box)"),
        ("lib:Box", 'signature = "(size: int)"', "(size: int)"),
    ],
)
def test_what_is_said_about_a_call_is_taken(say, key, said, expected):
    made = say(f'[symbols."{key}"]\n{said}')
    assert findings(made) == []
    (changed,) = [one for one in made.symbols if one not in LIBRARY.symbols]
    assert shown(changed.signature) == expected.removesuffix(" -> None") + (
        " -> None" if changed.signature.returns == "None" else ""
    )
    assert "override" in changed.model_dump_json()


def shown(signature):
    parts, is_keyword = [], False
    for one in signature.parameters:
        stars = {ParameterKind.VARIADIC: "*", ParameterKind.VARIADIC_KEYWORD: "**"}.get(one.kind, "")
        if one.kind is ParameterKind.KEYWORD and not is_keyword and "*" not in "".join(parts):
            parts.append("*")
        is_keyword = is_keyword or one.kind is ParameterKind.KEYWORD
        text = stars + one.name + (f": {one.type}" if one.type else "")
        if one.default is not None:
            said = one.default.literal or {"types:EllipsisType": "..."}.get(
                one.default.opaque, f"<{one.default.opaque}>"
            )
            is_plain = one.type is None and one.default.literal is not None
            text += f"={said}" if is_plain else f" = {said}"
        parts.append(text)
        following = signature.parameters[len(parts) :][:1]
        if one.kind is ParameterKind.POSITIONAL_ONLY and (not following or following[0].kind is not one.kind):
            parts.append("/")
    return f"({', '.join(parts)})" + (f" -> {signature.returns}" if signature.returns else "")


def test_tiers_say_what_a_person_said(say):
    g = by_path(say('[symbols."lib.sub:g"]\nreturns = "int"\nparameters.axis = { type = "int" }'))["lib.sub:g"]
    assert [one.tier for one in g.signature.parameters] == [Tier.RUNTIME, Tier.OVERRIDE]
    assert (g.signature.tier, g.tier) == (Tier.OVERRIDE, Tier.RUNTIME)
    g = by_path(say('[symbols."lib.sub:g"]\nsignature = "(data, axis: int)"'))["lib.sub:g"]
    assert [one.tier for one in g.signature.parameters] == [Tier.RUNTIME, Tier.OVERRIDE]
    assert (g.signature.tier, g.tier) == (Tier.RUNTIME, Tier.OVERRIDE)


def test_overloads_get_what_is_said_and_give_way_to_a_signature(say):
    both = by_path(say('[symbols."lib.sub:both"]\nreturns = "bool"\nparameters.y = { type = "int" }'))["lib.sub:both"]
    assert [one.returns for one in both.overloads] == ["bool", "bool"]
    assert [[p.type for p in one.parameters] for one in both.overloads] == [["int"], ["str", "int"]]
    assert by_path(say('[symbols."lib.sub:both"]\nsignature = "(x)"'))["lib.sub:both"].overloads == ()


def test_values_and_docs_are_taken(say):
    made = by_path(say('[symbols."lib:pi"]\ntype = "int"\n[symbols."lib:Box.size"]\ntype = "Box"\ndoc = "How big."'))
    assert (made["lib:pi"].type, made["lib:pi"].type_tier) == ("int", Tier.OVERRIDE)
    assert (made["lib:Box.size"].type, made["lib:Box.size"].doc) == ("lib:Box", "How big.")
    assert made["lib:Box.size"].doc_tier is Tier.OVERRIDE


@pytest.mark.parametrize(
    ("key", "said", "expected"),
    [
        ("lib.sub:g", "pure = true", Effects(pure=True, idempotent=True)),
        ("lib.sub:g", 'mutates = ["data", "axis"]', Effects(mutates=("axis", "data"))),
        (
            "lib.sub:g",
            'effects = { mutates = ["data"], idempotent = true }',
            Effects(mutates=("data",), idempotent=True),
        ),
        ("lib.sub:g", 'by = "value"\ntimeout = 5\nstreams = true', Effects(by="value", timeout=5.0, streams=True)),
        ("lib:Box.put", 'mutates = ["self"]', Effects(mutates=("self",))),
        ("lib:Box.size", 'by = "reference"', Effects(by="reference")),
        ("lib:f", "idempotent = false", None),
    ],
)
def test_effects_are_taken(say, key, said, expected):
    made = say(f'[symbols."{key}"]\n{said}')
    assert (by_path(made)[key].effects, findings(made)) == (expected, [])


def test_what_is_hidden_is_gone_with_its_members_and_known_where_types_name_it(say):
    made = say('[symbols."lib:Box"]\nhidden = true\n[symbols."lib:f"]\nhidden = true')
    assert list(by_path(made)) == ["lib.sub:both", "lib.sub:g", "lib:pi"]
    assert [module.exports for module in made.modules] == [
        {"pi": "lib:pi", "g": "lib.sub:g"},
        {"g": "lib.sub:g", "both": "lib.sub:both"},
    ]
    assert [one.path for one in made.definitions] == ["lib._types:Scalar", "lib:Box"]


def test_a_pattern_is_taken_where_it_fits(say):
    made = by_path(say('[symbols."lib.sub:*"]\nparameters.axis = { type = "int" }\n[symbols."*"]\nmutates = ["data"]'))
    assert made["lib.sub:g"].signature.parameters[1].type == "int"
    assert made["lib.sub:g"].effects == Effects(mutates=("data",))
    assert made["lib.sub:both"].signature == by_path(LIBRARY)["lib.sub:both"].signature
    assert made["lib:f"].effects is None


@pytest.mark.parametrize(
    "texts",
    [
        ['[symbols."lib*"]\npure = true\n[symbols."lib.sub:*"]\nby = "value"\n[symbols."lib.sub:g"]\npure = false'],
        ['[symbols."lib.sub:g"]\npure = false', '[symbols."lib.sub:*"]\nby = "value"\n[symbols."lib*"]\npure = true'],
    ],
    ids=["one-file", "two-files"],
)
def test_the_most_exact_entry_wins_fact_by_fact(say, texts):
    made = say(*texts)
    assert findings(made) == []
    assert by_path(made)["lib.sub:g"].effects == Effects(by="value")
    assert by_path(made)["lib.sub:both"].effects == Effects(by="value", pure=True, idempotent=True)
    assert by_path(made)["lib:pi"].effects == Effects(pure=True, idempotent=True)
    # Its other address is `lib.sub:f`.
    assert by_path(made)["lib:f"].effects == by_path(made)["lib.sub:both"].effects


@pytest.mark.parametrize(
    ("texts", "rule", "path", "says"),
    [
        (['[symbols."lib:ff"]\npure = true'], "override-unused", "lib:ff", "did you mean lib:f"),
        (['[symbols."lib.gone:*"]\npure = true'], "override-unused", "lib.gone:*", "names nothing in lib"),
        (['[symbols."lib:p*"]\nsignature = "()"'], "override-unused", "lib:p*", "fits nothing in lib"),
        (['[symbols."lib:pi"]\nreturns = "int"'], "override-misfit", "lib:pi", "a constant and has no signature"),
        (['[symbols."lib:f"]\ntype = "int"'], "override-misfit", "lib:f", "is a function and has no type of its own"),
        (['[symbols."lib.sub:g"]\nmutates = ["dat"]'], "override-parameter", "lib.sub:g", "did you mean 'data'?"),
        (['[symbols."lib:f"]\nmutates = ["self"]'], "override-parameter", "lib:f", "has no parameter 'self'"),
        (['[symbols."lib.sub:g"]\nparameters.ax = {type="int"}'], "override-parameter", "lib.sub:g", "data, axis"),
        (['[symbols."lib:f"]\nreturns = "Bix"'], "override-type", "lib:f", "nobody knows 'Bix'"),
        (['[symbols."lib:f"]\nreturns = "list[lib:Bx]"'], "override-type", "lib:f", "did you mean lib:Box"),
        (['[symbols."*"]\nreturns = "lib:Bx"'], "override-type", "*", "did you mean lib:Box"),
        (
            ['[symbols."lib:f"]\nreturns = "int"', '[symbols."lib:f"]\nreturns = "str"'],
            "override-conflict",
            "lib:f",
            "file0.toml (lib:f) and file1.toml (lib:f) say different things about `returns`",
        ),
        (
            ['[symbols."lib.sub:*"]\npure = true\n[symbols."lib.sub:g"]\nmutates = ["data"]'],
            "override-conflict",
            "lib.sub:*",
            "pure and to mutate data",
        ),
    ],
)
def test_what_does_not_fit_is_one_finding_that_says_what_is_there(say, texts, rule, path, says):
    made = say(*texts)
    (finding,) = made.findings
    assert (finding.rule, finding.path, finding.level) == (rule, path, Level.ERROR)
    assert says in f"{finding.message}; {finding.hint}"
    assert "/" not in finding.message


@pytest.mark.parametrize(
    ("versions", "level"), [(">=1.5,<2", None), ("==1.*", None), ("<1.5", Level.WARNING), (">=2", Level.WARNING)]
)
def test_a_file_about_other_versions_is_not_applied(say, versions, level):
    made = say(f'versions = "{versions}"\n[symbols."lib:f"]\npure = true')
    assert [(one.rule, one.level) for one in made.findings] == ([] if level is None else [("overrides-version", level)])
    assert (by_path(made)["lib:f"].effects is not None) == (level is None)


def test_one_file_per_range_of_versions_is_no_problem(say):
    text = 'library = "lib"\nversions = "{}"\n[symbols."lib:f"]\ntimeout = {}'
    made = say(text.format("<1", 1), text.format(">=1", 2))
    assert by_path(made)["lib:f"].effects == Effects(timeout=2.0)
    assert [(one.rule, one.level) for one in made.findings] == [("overrides-version", Level.NOTE)]


def test_a_file_about_another_library_is_passed_over(say):
    assert say('library = "other"\n[symbols."other:f"]\npure = true') == LIBRARY
    assert say('library = "li"\n[symbols."lib:f"]\npure = true') == LIBRARY


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('library = "lib"\nversions = >1', "is not valid TOML (Invalid value (at line 2, column 12)"),
        ("", "library: field required"),
        ('library = "a b"', "library: "),
        ('library = "lib"\nversion = "1"', "unknown key version; did you mean 'versions'?"),
        ('library = "lib"\nversions = "new"', "versions: 'new' is no version specifier"),
        ('library = "lib"\n[symbols."a b"]\npure = true', "'a b' is no address; write one such as 'lib:name'"),
        (
            'library = "lib"\n[symbols."lib:f"]\nretruns = "int"',
            "unknown key symbols.\"lib:f\".retruns; did you mean 'returns'?",
        ),
        ('library = "lib"\n[symbols."lib:f"]\nname = "h"', 'unknown key symbols."lib:f".name; known here: by, doc,'),
        ('library = "lib"\n[symbols."lib:f"]\nreturns = "int]"', 'symbols."lib:f".returns: not a type expression'),
        ('library = "lib"\n[symbols."lib:f"]\nsignature = "x, y"', "is not a parameter list"),
        ('library = "lib"\n[symbols."lib:f"]\nsignature = "(x: lib:Box)"', "types that have a colon in quotes"),
        ('library = "lib"\n[symbols."lib:f"]\nsignature = "(x=f())"', "the default of x is 'f()', which is no literal"),
        ('library = "lib"\n[symbols."lib:f"]\nsignature = "(): pass\\ndef g()"', "is not a parameter list"),
        ('library = "lib"\n[symbols."lib:f"]\ntimeout = 0', 'symbols."lib:f".timeout: input should be greater than 0'),
        ('library = "lib"\n[symbols."lib:f"]\nby = "pickle"', "input should be 'value' or 'reference'"),
        ('library = "lib"\n[symbols."lib:f"]\npure = true\nmutates = ["x"]', "it cannot be pure and mutate x"),
        ('library = "lib"\n[symbols."lib:f"]\npure = true\neffects.mutates = ["x"]', "it cannot be pure and mutate x"),
        ('library = "lib"\n[symbols."lib:f"]\npure = true\nidempotent = false', "what is pure is idempotent too"),
        ('library = "lib"\n[symbols."lib:f"]\nby = "value"\neffects.by = "value"', "by is said twice"),
        ('library = "lib"\n[symbols."lib:f"]\neffects.prue = true', "did you mean 'pure'?"),
        ('library = "lib"\n[symbols."lib:f"]\nparameters.x = { typ = "int" }', "did you mean 'type'?"),
    ],
)
def test_a_file_that_says_nothing_sensible_is_refused_with_the_place(tmp_path, text, says):
    file = tmp_path / "lib.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_overrides([file])
    assert says in str(caught.value)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ConfigurationError, match=r"cannot read .*none\.toml: No such file"):
        read_overrides([tmp_path / "none.toml"])
    (tmp_path / "latin.toml").write_bytes(b"library = '\xff'")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        read_overrides([tmp_path / "latin.toml"])


def test_mark_that_editors_begin_a_file_with_is_no_part_of_it(tmp_path):
    file = tmp_path / "json.toml"
    file.write_text('library = "json"', encoding="utf-8-sig")
    assert read_overrides([file]).files[0].content.library == "json"


def test_overrides_survive_a_new_introspection_of_another_version(tmp_path):
    file = tmp_path / "json.toml"
    file.write_text(
        'library = "json"\n[symbols."json:dumps"]\nreturns = "str"\npure = true\n[symbols."json:JSONDecoder.*"]\npure = true',
        encoding="utf-8",
    )
    for version in ("3.9", "3.13"):
        made = introspect("json", interpreter(version), options=Options(overrides=(file,)))
        symbols = by_path(made)
        assert (symbols["json:dumps"].signature.returns, symbols["json:dumps"].signature.tier) == ("str", Tier.OVERRIDE)
        assert symbols["json:JSONDecoder.decode"].effects == Effects(pure=True, idempotent=True)
        assert not [rule for rule, _ in findings(made) if rule.startswith("override")]
