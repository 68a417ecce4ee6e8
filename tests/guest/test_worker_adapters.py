"""What a worker may run: what its adapters list, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from snakebridge_guest.worker._adapters import API, Adapters
from snakebridge_guest.worker._refusal import Refused


def adapter_text(*, callables=(), readable=(), modules=(), api=API, hooks="pass", top="") -> str:
    return f"""{top}
API = {api}
CALLABLES = {set(callables)!r}
READABLE = {set(readable)!r}
MODULES = {set(modules)!r}
class Adapter:
    def setup(self): {hooks}
    def warm_up(self): pass
    def teardown(self): pass
"""


@pytest.fixture
def write(tmp_path):
    def written(name: str = "adapter.py", **what) -> str:
        (tmp_path / name).write_text(adapter_text(**what))
        return str(tmp_path / name)

    return written


@pytest.fixture
def listed(write):
    adapters = Adapters(dynamic=False)
    adapters.load(
        write(callables=["json:dumps", "json.decoder:JSONDecoder.decode"], readable=["math:pi"], modules=["json"])
    )
    return adapters


def test_listed_names_are_found(listed):
    import json

    assert listed.callable("json:dumps") is json.dumps
    assert listed.callable("json.decoder:JSONDecoder.decode") is json.JSONDecoder.decode
    assert listed.read("math:pi") == 3.141592653589793
    assert listed.read("json:dumps") is json.dumps  # what may be called may be handed about
    assert listed.read("json") is json
    assert listed.symbol("module", "json") is json
    assert listed.symbol("function", "json:dumps") is json.dumps


UNLISTED = {
    "another function": ("callable", "json:loads"),
    "a constant is not called": ("callable", "math:pi"),
    "an attribute of a listed function": ("callable", "json:dumps.__globals__"),
    "the class of a listed method": ("callable", "json.decoder:JSONDecoder"),
    "a module is not called": ("callable", "json"),
    "another constant": ("read", "math:e"),
    "another module": ("read", "os"),
    "a submodule of a listed module": ("read", "json.decoder"),
    "a listed function elsewhere": ("read", "os:dumps"),
    "a way through a listed module": ("read", "json:codecs.builtins.eval"),
    "nothing": ("read", ""),
    "a builtin function": ("callable", "builtins:eval"),
}


@pytest.mark.parametrize("kind", UNLISTED)
def test_what_is_not_listed_is_refused(listed, kind):
    ask, address = UNLISTED[kind]
    with pytest.raises(Refused, match="not in the adapter's list"):
        getattr(listed, ask)(address)


@pytest.mark.parametrize("address", ["this:d", "this", "this:d.e"])
@pytest.mark.parametrize("ask", ["callable", "read"])
def test_what_is_refused_is_not_imported(listed, ask, address, monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with pytest.raises(Refused):
        getattr(listed, ask)(address)
    for kind in ("module", "class", "function", "anything"):
        with pytest.raises(Refused):
            listed.symbol(kind, address)
    assert "this" not in sys.modules


GRANTED = ["int", "float", "dict", "object", "type", "slice", "ValueError", "KeyboardInterrupt", "UnicodeDecodeError"]
NOT_GRANTED = [
    "eval",
    "exec",
    "open",
    "__import__",
    "getattr",
    "compile",
    "memoryview",
    "property",
    "super",
    "classmethod",
]


@pytest.mark.parametrize("name", GRANTED)
def test_plain_builtin_classes_may_be_named_in_arguments(listed, name):
    assert listed.symbol("class", f"builtins:{name}").__name__ == name
    with pytest.raises(Refused):
        listed.callable(f"builtins:{name}")  # but not called


@pytest.mark.parametrize("name", NOT_GRANTED)
def test_other_builtins_may_not(listed, name):
    for kind in ("class", "function"):
        with pytest.raises(Refused):
            listed.symbol(kind, f"builtins:{name}")


def test_adapter_of_another_version_is_refused_and_grants_nothing(write):
    adapters = Adapters(dynamic=False)
    path = write(api=API + 1, callables=["os:getpid"])
    for _ in range(2):
        with pytest.raises(Refused, match="generate again"):
            adapters.load(path)
    with pytest.raises(Refused):
        adapters.callable("os:getpid")


HOOKS = """
import sys
class Recording(Adapter):
    def setup(self): TOLD.append("setup NAME")
    def warm_up(self): TOLD.append("warm_up NAME")
    def teardown(self): TOLD.append("teardown NAME")
Adapter = Recording
TOLD = sys.modules["told_by_hooks"].told
"""


def test_hooks_run_once_in_order_and_teardown_backwards(write, tmp_path, monkeypatch):
    told: list[str] = []
    monkeypatch.setitem(sys.modules, "told_by_hooks", type("Told", (), {"told": told}))
    adapters = Adapters(dynamic=False)
    paths = [write(f"{name}.py") for name in ("first", "second")]
    for path, name in zip(paths, ("first", "second"), strict=True):
        Path(path).write_text(Path(path).read_text() + HOOKS.replace("NAME", name))
    for path in (*paths, *paths):
        adapters.load(path)
    assert told == ["setup first", "warm_up first", "setup second", "warm_up second"]
    adapters.teardown()
    adapters.teardown()
    assert told[4:] == ["teardown second", "teardown first"]


def test_adapter_whose_setup_fails_is_not_loaded(write):
    adapters = Adapters(dynamic=False)
    path = write(hooks="raise ConnectionError('no licence server')", callables=["os:getpid"])
    for _ in range(2):  # it is tried again
        with pytest.raises(ConnectionError, match="licence"):
            adapters.load(path)
    with pytest.raises(Refused):
        adapters.callable("os:getpid")


def test_dynamic_pool_finds_what_nobody_listed():
    adapters = Adapters(dynamic=True)
    assert adapters.callable("os.path:join")("a", "b") == "a/b"
    assert adapters.read("xml.dom.minidom:parseString").__name__ == "parseString"
    assert adapters.callable("xml:sax.handler.ContentHandler").__name__ == "ContentHandler"  # imported on the way
    with pytest.raises(AttributeError):
        adapters.callable("os:no_such_name")
    with pytest.raises(ImportError):
        adapters.callable("no_such_module:f")
