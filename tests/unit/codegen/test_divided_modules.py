"""Modules that are large, or that need each other for their bases, are divided into files; nobody should notice."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys

import pytest

from snakebridge.codegen import compare, coverage, render, write
from snakebridge.manifest import Kind, Module, Signature, Symbol

from .conftest import Recorder, build

LONG = "Says a lot.\n\n" + "It goes on and on.\n" * 1600


def cls(path, *bases, doc=None):
    return Symbol(path=path, kind=Kind.CLASS, bases=bases, doc=doc)


def function(path, doc=None, returns=None, **more):
    return Symbol(path=path, kind=Kind.FUNCTION, doc=doc, signature=Signature(returns=returns), **more)


@pytest.fixture
def bridge(tmp_path, monkeypatch):
    """Generate a manifest and import one of its modules."""
    monkeypatch.syspath_prepend(str(tmp_path))
    package = f"divided_{tmp_path.name}".replace("-", "_")

    def bridge(manifest, module="lib"):
        write(render(manifest), tmp_path / package, library="lib")
        importlib.invalidate_caches()
        return importlib.import_module(f"{package}.{module}")

    yield bridge
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def large(*symbols, modules=()):
    """A library whose root is too large for one file."""
    padding = [cls(f"lib:Big{letter}", doc=LONG) for letter in "ABCDE"]
    return build(*padding, *symbols, modules=modules)


def test_large_module_has_a_file_for_each_large_class_and_one_for_the_small_ones_and_one_for_the_functions():
    small = [cls("lib:One"), cls("lib:Two")]
    tree = render(large(*small, function("lib:f", LONG), function("lib:g")))
    assert [path for path in tree if path.startswith("lib/_")] == [
        "lib/__init__.py",
        "lib/_adapter.py",
        *(f"lib/_big_{letter}.py" for letter in "abcde"),
        "lib/_classes.py",
        "lib/_functions.py",
        "lib/_snakebridge.py",
    ]
    assert "class One" in tree["lib/_classes.py"]
    assert "def g" in tree["lib/_functions.py"]
    assert len(tree["lib/__init__.py"]) < 3000


def test_module_with_one_large_class_stays_whole():
    tree = render(build(cls("lib:Large", doc=LONG * 9), cls("lib:Small")))
    assert [path for path in tree if path.endswith(".py")] == [
        "__init__.py",
        "lib/__init__.py",
        "lib/_adapter.py",
        "lib/_snakebridge.py",
    ]


def test_what_a_file_beside_the_module_defines_says_it_is_the_modules(bridge):
    module = bridge(large(function("lib:f", LONG)))
    assert (module.BigA.__module__, module.f.__module__) == (module.__name__, module.__name__)
    assert pickle.loads(pickle.dumps(module.BigA)) is module.BigA
    assert pickle.loads(pickle.dumps(module.f)) is module.f
    assert "BigB" in dir(module)


@pytest.mark.parametrize(
    ("symbols", "modules", "expected"),
    [
        pytest.param(["lib:TwoWords", "lib:HTTPServer"], [], {"_two_words", "_http_server"}, id="words"),
        pytest.param(["lib:Other", "lib:OTHER"], [], {"_other", "_other_"}, id="only-capitals-differ"),
        pytest.param(["lib:Other", "lib:More"], ["lib._Other"], {"_other_", "_more"}, id="a-module-has-the-name"),
        pytest.param(["lib:Other", "lib:_more"], [], {"_other", "_more_"}, id="a-class-has-the-name"),
        pytest.param(["lib:Adapter", "lib:Snakebridge"], [], {"_adapter_", "_snakebridge_"}, id="files-of-ours"),
    ],
)
def test_files_beside_a_module_have_names_of_their_own(symbols, modules, expected, bridge):
    manifest = large(
        *(cls(path, doc=LONG) for path in symbols), modules=tuple(Module(name=name) for name in ["lib", *modules])
    )
    names = {path.removeprefix("lib/").removesuffix(".py") for path in render(manifest)}
    assert names >= expected
    module = bridge(manifest)
    for path in symbols:
        name = path.partition(":")[2]
        assert getattr(module, name).__name__ == name


def test_library_that_shrinks_is_whole_again_and_the_files_beside_it_go(tmp_path):
    before, after = render(large()), render(build(cls("lib:BigA")))
    write(before, tmp_path, library="lib")
    done = write(after, tmp_path, library="lib")
    assert "lib/_big_a.py" in done.removed
    assert compare(after, tmp_path, library="lib") == ()


CIRCLES = {
    "two-modules": [("lib.a:A",), ("lib.b:B", "lib.a:A"), ("lib.a:C", "lib.b:B")],
    "package-and-its-module": [("lib:A",), ("lib.m:B", "lib:A"), ("lib:C", "lib.m:B")],
    "three-modules": [
        ("lib.a:A", "lib.b:B2"),
        ("lib.b:B", "lib.c:C2"),
        ("lib.c:C", "lib.a:A2"),
        ("lib.a:A2",),
        ("lib.b:B2",),
        ("lib.c:C2",),
    ],
    "packages": [
        ("lib.p.x:A", "lib.q:Q"),
        ("lib.q:Q",),
        ("lib.q.y:B", "lib.p:P"),
        ("lib.p:P", "lib.q.y:Y"),
        ("lib.q.y:Y",),
        ("lib.q:R", "lib.p.x:A"),
    ],
    "again-and-again": [
        ("lib.a:A",),
        *((f"lib.{'ab'[n % 2]}:X{n}", f"lib.{'ba'[n % 2]}:X{n - 1}") for n in range(1, 7)),
        ("lib.a:X0", "lib.a:A"),
    ],
}


@pytest.mark.parametrize("name", CIRCLES)
def test_circle_of_modules_costs_no_base_whichever_is_imported_first(name, tmp_path):
    classes = CIRCLES[name]
    modules = {"lib", *(path.partition(":")[0] for path, *_ in classes)}
    manifest = build(*(cls(path, *bases) for path, *bases in classes), modules=tuple(Module(name=n) for n in modules))
    assert coverage(manifest).omitted == ()
    tree = render(manifest)
    write(tree, tmp_path / "bridges", library="lib")
    files = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in tree if "/" in path]
    files = [one for one in files if one.startswith("lib") and not one.endswith(("typed", "_adapter", "md"))]
    assert len(files) > len(modules)
    code = (
        "import importlib, os, sys\n"
        "import snakebridge.support\n"
        "files, pairs = eval(sys.argv[1])\n"
        "def find(path):\n"
        "    module, _, name = path.partition(':')\n"
        "    return getattr(importlib.import_module('bridges.' + module), name)\n"
        "for first in files:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        importlib.import_module('bridges.' + first)\n"
        "        right = all(issubclass(find(heir), find(base)) for heir, base in pairs)\n"
        "        os._exit(0 if right else 2)\n"
        "    if os.waitpid(child, 0)[1]:\n"
        "        sys.exit(f'{first} cannot be imported first')\n"
    )
    pairs = [(path, base) for path, *bases in classes for base in bases]
    subprocess.run([sys.executable, "-W", "error", "-c", code, repr((files, pairs))], check=True, cwd=tmp_path)


@pytest.mark.parametrize("first", ["module", "symbol"])
def test_symbol_keeps_its_name_whether_the_submodule_comes_first_or_later(first, bridge):
    manifest = build(
        function("lib.tool:tool", aliases=("lib:tool",)),
        function("lib.tool:other"),
        modules=(Module(name="lib", exports={"tool": "lib.tool:tool"}), Module(name="lib.tool")),
    )
    root = bridge(manifest)
    seen = [root.tool] if first == "symbol" else []
    module = importlib.import_module(f"{root.__name__}.tool")
    seen.append(root.tool)
    assert seen == [module.tool] * len(seen)
    assert sys.modules[f"{root.__name__}.tool"].other is module.other


def test_base_in_a_submodule_leaves_the_name_to_the_symbol(bridge):
    manifest = build(
        cls("lib.tool:Base"),
        cls("lib:Heir", "lib.tool:Base"),
        function("lib.tool:tool", aliases=("lib:tool",)),
        modules=(Module(name="lib", exports={"tool": "lib.tool:tool"}), Module(name="lib.tool")),
    )
    root = bridge(manifest)
    assert callable(root.tool)
    assert root.Heir.__mro__[1].__name__ == "Base"


@pytest.mark.parametrize("where", ["lib", "lib.m"])
def test_functions_in_files_of_their_own_send_what_they_would_in_the_module(where, bridge):
    padding = [cls(f"{where}:Big{letter}", doc=LONG) for letter in "ABCDE"]
    module = bridge(
        build(*padding, function(f"{where}:f", LONG), modules=(Module(name="lib"), Module(name=where))), where
    )
    module.f.__globals__["_lib"] = recorder = Recorder()
    module.f()
    assert recorder.sent == [("call", f"{where}:f")]


def test_importing_generated_code_loads_nothing_that_only_a_call_needs(tmp_path):
    write(render(build(cls("lib:A"), function("lib:f"))), tmp_path / "bridges", library="lib")
    code = (
        "import sys\n"
        "from bridges.lib import A, f\n"
        "wanted = {'asyncio', 'pydantic', 'snakebridge.config', 'snakebridge.environments', 'snakebridge.runtime._pool.pool'}\n"
        "assert not wanted & sys.modules.keys(), wanted & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
