"""A hostile manifest cannot make the generator write code of its own, or anywhere but below the output folder."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from snakebridge.codegen import coverage, render
from snakebridge.codegen._tree.names import DottedPath, Identifier, is_identifier, parameter_names
from snakebridge.errors import ManifestError
from snakebridge.manifest import (
    Default,
    Definition,
    DefinitionKind,
    EnumMember,
    Field,
    Kind,
    Library,
    Manifest,
    Module,
    Parameter,
    ParameterKind,
    Shape,
    Signature,
    Symbol,
)

from .conftest import build

PAYLOAD = '"""\nimport os; os.system("true")\n"""'
# What generated code may call at module level: making the library, classes' bases, and `float("nan")`.
CALLS = {
    "_sb.Library",
    "float",
    "_b.float",
    "_lib.attribute",
    "_lib.keep",
    "classmethod",
    "_b.classmethod",
    "globals",
    "__name__.rpartition",
    "frozenset",
    "_t.NewType",
    "_t.TypeVar",
    "_typing_extensions.TypeVar",
}
NAMES = st.one_of(
    st.text("abCD_1éﬁª名", min_size=1, max_size=6).filter(lambda name: not name[0].isdigit()),
    st.sampled_from(
        ["class", "self", "_t", "_sb", "_lib", "__x", "__init__", "__debug__", "None", "list", "str", "mro"]
    ),
)
TEXTS = st.text(max_size=40) | st.sampled_from([PAYLOAD, "'''", '"', "\\", '\\"""', "{{ 7 * 7 }}", "{% raw %}"])
SOURCES = st.one_of(
    TEXTS, st.sampled_from(["exit()", "nan", "None", "[]", "'a'", "(1, {'b': 2.5})", "-inf", "{1, 2}", "b'\\xff'"])
)
TYPES = st.sampled_from(
    [
        None,
        "int",
        "lib:C",
        "list[lib:C]",
        "lib.m:f",
        "lib:E",
        "lib:_A[lib:C]",
        "lib:_T",
        "lib:C[lib:_T]",
        "lib:C[int, 'x']",
        "typing:Self",
        "?'\"\\n'",
        "None",
        "dict",
    ]
)


@st.composite
def parameters(draw):
    return Parameter(
        name=draw(NAMES),
        kind=draw(st.sampled_from(list(ParameterKind))),
        default=draw(st.none() | st.builds(Default, literal=SOURCES) | st.builds(Default, opaque=TEXTS)),
        type=draw(TYPES),
    )


@st.composite
def fields(draw):
    return Field(
        name=draw(NAMES),
        type=draw(TYPES),
        default=draw(st.none() | st.builds(Default, literal=SOURCES)),
        required=draw(st.booleans()),
    )


@st.composite
def symbols(draw):
    owner = draw(st.sampled_from(["lib:", "lib.m:", "lib:C.", "lib:C.", "lib:D.", "lib:X.", "lib:E."]))
    return Symbol(
        path=f"{owner}{draw(NAMES)}",
        kind=draw(st.sampled_from(list(Kind))),
        doc=draw(st.none() | TEXTS),
        signature=draw(
            st.none() | st.builds(Signature, parameters=st.lists(parameters(), max_size=4).map(tuple), returns=TYPES)
        ),
        shape=draw(st.none() | st.sampled_from(list(Shape))),
        bases=draw(
            st.lists(
                st.sampled_from(
                    ["lib:C", "lib:D", "lib:X", "lib:E", "lib:_A", "builtins:OSError", "builtins:tuple", PAYLOAD]
                ),
                max_size=3,
            ).map(tuple)
        ),
        protocols=draw(
            st.lists(st.sampled_from(["__len__", "__iter__", "__add__", "__del__", "__eq__"]), max_size=2).map(tuple)
        ),
        fields=draw(st.lists(fields(), max_size=3).map(tuple)),
        parameters=draw(st.sampled_from([(), ("lib:_T",), ("lib:_A", "lib:_T")])),
        generic_bases=draw(st.lists(TYPES.filter(lambda one: one is not None), max_size=2).map(tuple)),
        type=draw(TYPES),
        value=draw(st.none() | SOURCES),
        defined=draw(st.none() | TEXTS),
        members=draw(st.lists(st.builds(EnumMember, name=NAMES, value=st.none() | SOURCES), max_size=3).map(tuple)),
    )


@st.composite
def definitions(draw):
    types = TYPES.filter(lambda one: one is not None)
    return Definition(
        path=draw(st.sampled_from(["lib:_A", "lib:_B", "lib:_T", "lib:C", "lib.m:f"])),
        kind=draw(st.sampled_from(list(DefinitionKind))),
        type=draw(TYPES),
        parameters=draw(st.lists(st.sampled_from(["lib:_T", "lib:_A"]), max_size=2).map(tuple)),
        bases=draw(st.lists(types, max_size=2).map(tuple)),
        bound=draw(TYPES),
        constraints=draw(st.lists(types, max_size=2).map(tuple)),
    )


@st.composite
def manifests(draw):
    fixed = [
        Symbol(path="lib:C", kind=Kind.CLASS, parameters=draw(st.sampled_from([(), ("lib:_T",)]))),
        Symbol(path="lib:D", kind=Kind.CLASS, bases=("lib:C",)),
        Symbol(path="lib:X", kind=Kind.EXCEPTION),
        Symbol(path="lib:E", kind=Kind.ENUM),
    ]
    drawn = draw(st.lists(symbols(), max_size=6))
    unique = {symbol.path: symbol for symbol in (*drawn, *fixed)}
    exports = draw(
        st.dictionaries(NAMES, st.sampled_from(["lib:C", "lib.m", "lib.m:f", "os:system", PAYLOAD]), max_size=3)
    )
    return Manifest(
        library=Library(name="lib", version=draw(st.none() | TEXTS)),
        modules=(Module(name="lib", doc=draw(st.none() | TEXTS), exports=exports), Module(name="lib.m")),
        symbols=tuple(unique.values()),
        definitions=draw(st.lists(definitions(), max_size=4, unique_by=lambda one: one.path).map(tuple)),
    )


@settings(max_examples=150, deadline=None)
@given(manifests())
def test_any_manifest_gives_a_tree_that_only_calls_the_bridge(manifest):
    tree = render(manifest)
    for path, text in tree.items():
        assert not PurePosixPath(path).is_absolute()
        assert ".." not in path
        if path.endswith(".py"):
            assert text.startswith("# Generated by snakebridge")
            for call in _calls_at_import(ast.parse(text)):
                assert call in CALLS, (path, call)
    assert coverage(manifest).symbols <= len(manifest.symbols)
    assert render(manifest) == tree


def _calls_at_import(tree):
    """Yield what is called while a module is imported: everything outside function bodies, but for a text's words."""
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend((*node.decorator_list, *node.args.defaults, *[d for d in node.args.kw_defaults if d]))
            continue
        if isinstance(node, ast.Call) and not _is_split_text(node.func):
            yield ast.unparse(node.func)
        waiting.extend(ast.iter_child_nodes(node))


def _is_split_text(node):
    return isinstance(node, ast.Attribute) and node.attr == "split" and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("field", ["doc", "value", "defined"])
def test_payload_in_a_text_stays_text(field):
    symbol = Symbol(path="lib:x", kind=Kind.CONSTANT if field == "value" else Kind.CLASS, **{field: PAYLOAD})
    names = {
        node.id for node in ast.walk(ast.parse(render(build(symbol))["lib/__init__.py"])) if isinstance(node, ast.Name)
    }
    assert "os" not in names


def test_payload_in_the_version_stays_in_the_comment():
    manifest = Manifest(library=Library(name="lib", version="1\nimport os"))
    text = render(manifest)["lib/__init__.py"]
    assert text.startswith("# Generated by snakebridge from lib 1importos;")
    assert 'version="1\\nimport os"' in render(manifest)["lib/_snakebridge.py"]


@pytest.mark.parametrize("name", ["lib.import", "lib.__init__", "lib.__main__", "lib._adapter", "lib.ﬁ", "other"])
def test_module_that_cannot_be_generated_is_left_out_and_listed(name):
    found = Symbol(path=f"{name}:f", kind=Kind.FUNCTION)
    manifest = build(found, modules=(Module(name="lib"), Module(name=name)))
    assert not any("f.py" in path or "import" in path or "main" in path for path in render(manifest))
    assert {finding.path for finding in coverage(manifest).omitted} >= {name, f"{name}:f"}


@pytest.mark.parametrize("name", ["import", "lib.class.x", "_adapter"])
def test_library_that_cannot_be_generated_is_refused(name):
    with pytest.raises(ManifestError, match="no module name that can be generated"):
        render(Manifest(library=Library(name=name)))


@pytest.mark.parametrize("name", ["../x", "a/b", "a b", "a;b", "", "a.", "a\n"])
def test_manifest_refuses_names_that_are_none(name):
    with pytest.raises(ValidationError):
        Library(name=name)


@pytest.mark.parametrize(
    "text", ["", "1a", "class", "a b", "a.b", "x\n", "ﬁ", "a-b", "__debug__", "x" * 201, "a\u200d"], ids=repr
)
def test_identifier_refuses(text):
    assert not is_identifier(text)
    with pytest.raises(ManifestError):
        Identifier(text)


@pytest.mark.parametrize("text", ["a", "_", "match", "größe", "名前", "A1"])
def test_identifier_accepts(text):
    assert Identifier(text) == text


def test_dotted_path_accepts_modules_only():
    assert DottedPath.accepts("a.b_c.D")
    assert not DottedPath.accepts("a..b")


@given(st.lists(NAMES | st.text(min_size=1, max_size=5), max_size=6))
def test_parameter_names_are_usable_and_unique(names):
    chosen = parameter_names(names, {"self", "_lib"})
    assert len(set(chosen)) == len(names)
    assert all(is_identifier(name) for name in chosen)
    assert not {"self", "_lib"} & set(chosen)
    assert not any(name.startswith("__") and not name.endswith("__") for name in chosen)
