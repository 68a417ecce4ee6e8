"""What generated code says about itself: docstrings with their source, and a README with the coverage."""

from __future__ import annotations

import ast
import re

import pytest

from snakebridge.codegen import compare, coverage, render, render_counted, write
from snakebridge.manifest import (
    Binding,
    Finding,
    Flag,
    Kind,
    Level,
    Library,
    Manifest,
    Module,
    Parameter,
    Signature,
    Symbol,
    Tier,
    Verified,
    content_hash,
)


def build(*symbols: Symbol, version: str | None = "1.2", modules: tuple[Module, ...] = ()) -> Manifest:
    return Manifest(library=Library(name="lib", version=version), symbols=symbols, modules=modules).sorted()


def documents(manifest: Manifest) -> dict[str, str | None]:
    """Return the docstrings of the generated root, by name; the module's is under the empty one."""
    body = ast.parse(render(manifest)["lib/__init__.py"])
    found = {"": ast.get_docstring(body)}
    for node in ast.walk(body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = ast.get_docstring(node)
    return found


FUNCTION = Symbol(path="lib:f", kind=Kind.FUNCTION, doc="Send `it'.", signature=Signature())
CLASS = Symbol(path="lib:C", kind=Kind.CLASS)
METHOD = Symbol(path="lib:C.m", kind=Kind.FUNCTION, binding=Binding.INSTANCE, signature=Signature())


def test_docstring_is_cleaned_and_says_where_it_comes_from():
    assert documents(build(FUNCTION))["f"] == "Send 'it'.\n\nSource: lib.f, lib 1.2"


def test_docstring_names_no_version_when_there_is_none():
    assert documents(build(FUNCTION, version=None))["f"] == "Send 'it'.\n\nSource: lib.f"


def test_module_and_class_say_their_source_when_they_have_no_docstring():
    found = documents(build(CLASS))
    assert found[""] == "Source: lib, lib 1.2"
    assert found["C"] == "Source: lib.C, lib 1.2"


def test_method_without_a_docstring_gets_none_so_that_it_inherits_one():
    assert documents(build(CLASS, METHOD))["m"] is None


def test_deprecation_is_said_when_the_docstring_does_not():
    old = FUNCTION.model_copy(update={"flags": (Flag.DEPRECATED,), "deprecated": "use g"})
    assert "\n\nDeprecated: use g\n\n" in documents(build(old))["f"]
    told = old.model_copy(update={"doc": "Deprecated since 1.0."})
    assert documents(build(told))["f"] == "Deprecated since 1.0.\n\nSource: lib.f, lib 1.2"


def test_open_fence_does_not_swallow_the_source():
    open_ = FUNCTION.model_copy(update={"doc": "Call:\n\n```\nf()"})
    assert documents(build(open_))["f"] == "Call:\n\n```\nf()\n```\n\nSource: lib.f, lib 1.2"


TYPED = Symbol(
    path="lib.inner:typed",
    kind=Kind.FUNCTION,
    signature=Signature(
        parameters=(Parameter(name="a", type="builtins:int"), Parameter(name="b", type="builtins:str", tier=Tier.STUB)),
        returns="builtins:int",
    ),
)
LOST = Symbol(path="lib.inner:lambda", kind=Kind.FUNCTION)
WHOLE = build(
    FUNCTION, CLASS, METHOD, TYPED, LOST, modules=(Module(name="lib", package=True), Module(name="lib.inner"))
)


def test_coverage_counts_by_module_and_by_kind():
    found = coverage(WHOLE)
    counts = {one.module: (one.symbols, one.callables, one.typed_parameters, one.parameters) for one in found.modules}
    assert counts == {"lib": (3, 3, 0, 2), "lib.inner": (1, 1, 2, 2)}
    assert found.kinds == ((Kind.FUNCTION, 3), (Kind.CLASS, 1))
    for name in ("symbols", "callables", "unknown", "parameters", "typed_parameters", "returns", "typed_returns"):
        assert getattr(found, name) == sum(getattr(one, name) for one in found.modules)


def test_rendering_and_counting_at_once_gives_the_same():
    assert render_counted(WHOLE) == (render(WHOLE), coverage(WHOLE))


def test_readme_shows_the_coverage_and_what_has_no_wrapper():
    readme = render(WHOLE)["lib/README.md"]
    assert "# lib 1.2\n" in readme
    assert "| parameters | 4 | 2 | 50% |" in readme
    assert "| `lib.inner` | 1 | 1 | 2 of 2 | 1 of 1 |" in readme
    assert "| stub | 1 | 1 | 0 | 0 |" in readme
    assert "- `lib.inner:lambda`\n" in readme
    assert readme.endswith("\n")
    assert not readme.endswith("\n\n")


def test_readme_says_so_when_nothing_is_left_out():
    assert "Nothing: every public symbol has one." in render(build(FUNCTION))["lib/README.md"]


def test_readme_shows_what_was_verified_of_this_very_manifest():
    figures = Verified(manifest=content_hash(WHOLE), direct=40, bridged=38, kinds={"shown": 1, "hung": 1})
    readme = render(WHOLE, figures)["lib/README.md"]
    assert "Of 40 examples" in readme
    assert "38 pass through this client (95.0%)" in readme
    assert "| 1 | hung |\n| 1 | shown |\n" in readme
    assert render(WHOLE, figures.model_copy(update={"manifest": "another"})) == render(WHOLE)
    assert "Its own examples" not in render(WHOLE)["lib/README.md"]


@pytest.mark.parametrize("name", ["[a](http://b)", "<script>", "`x` | y", "a\n# b", "--> <b>"])
def test_words_of_a_manifest_cannot_become_markup_of_the_readme(name):
    module = Module(name="lib", package=True, exports={"gone": name})
    manifest = Manifest(library=Library(name="lib", version=name), modules=(module,))
    readme = render(manifest)["lib/README.md"]
    body = readme.split("-->\n", 1)[1]
    assert not re.search(r"[<>\[\]]|^# b", body, re.MULTILINE)
    assert readme.count("-->") == 1


def test_readme_is_written_compared_and_removed_like_code(tmp_path):
    tree = render(WHOLE)
    write(tree, tmp_path, library="lib")
    assert compare(tree, tmp_path, library="lib") == ()
    readme = tmp_path / "lib" / "README.md"
    readme.write_text(readme.read_text() + "mine\n")
    (finding,) = compare(tree, tmp_path, library="lib")
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.level, finding.path) == ("generated-stale", Level.ERROR, "lib/README.md")
    without = {path: text for path, text in tree.items() if not path.endswith("README.md")}
    assert write(without, tmp_path, library="lib").removed == ("lib/README.md",)
