"""What a worker may run: what its adapters list, and nothing else."""

from __future__ import annotations

import sys

import pytest

from snakebridge_guest.worker._adapters import API, Adapters
from snakebridge_guest.worker._refusal import Refused

HEAD = "import sys\nfrom snakebridge_guest.adapter import Adapter\n"


def adapter_text(*, library="json", callables=(), readable=(), modules=(), api=API, results=None) -> str:
    return f"""
LIBRARY = {library!r}
API = {api}
CALLABLES = {set(callables)!r}
READABLE = {set(readable)!r}
MODULES = {set(modules)!r}
RESULTS = {results or {}!r}
"""


@pytest.fixture
def write(tmp_path):
    def written(folder: str = "one", hooks: str | None = None, **what) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / "_adapter.py"
        path.write_text(adapter_text(**what))
        if hooks is not None:
            path.with_name("_adapter_hooks.py").write_text(HEAD + hooks)
        return str(path)

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


FAMILY = """
class Message:
    @classmethod
    def read(cls): return "of the public base"
class _Fast(Message):  # protobuf's base classes, written in C
    @classmethod
    def read(cls): return cls.__name__
class Timestamp(_Fast): pass
class Excluded(Message):
    @classmethod
    def read(cls): return "left out of the list by its user"
class Below(Excluded): pass
"""


def test_class_method_that_a_private_class_overrides_may_be_called_on_listed_classes(write, tmp_path, monkeypatch):
    (tmp_path / "family_of_messages.py").write_text(FAMILY)
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ("Message", "Message.read", "Timestamp", "Excluded", "Below")
    adapters = Adapters(dynamic=False)
    adapters.load(write(callables=[f"family_of_messages:{name}" for name in names], library="family_of_messages"))
    assert adapters.callable("family_of_messages:Timestamp.read")() == "Timestamp"
    for name in ("Excluded", "Below", "_Fast"):
        with pytest.raises(Refused):
            adapters.callable(f"family_of_messages:{name}.read")


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


RECORDING = """
class Hooks(Adapter):
    def setup(self): told.append("setup NAME")
    def warm_up(self): told.append("warm_up NAME")
    def to_host(self): told.append("to_host NAME"); return {}
    def teardown(self): told.append("teardown NAME")
told = sys.modules["told_by_hooks"].told
"""


def test_hooks_run_once_in_order_and_teardown_backwards(write, monkeypatch):
    told: list[str] = []
    monkeypatch.setitem(sys.modules, "told_by_hooks", type("Told", (), {"told": told}))
    adapters = Adapters(dynamic=False)
    paths = [write(name, RECORDING.replace("NAME", name)) for name in ("first", "second")]
    for path in (*paths, *paths):
        adapters.load(path)
    assert told == [f"{hook} {name}" for name in ("first", "second") for hook in ("setup", "warm_up", "to_host")]
    adapters.teardown()
    adapters.teardown()
    assert told[6:] == ["teardown second", "teardown first"]


def test_adapter_whose_setup_fails_is_not_loaded(write):
    adapters = Adapters(dynamic=False)
    path = write(
        hooks="class Hooks(Adapter):\n    def setup(self): raise ConnectionError('no licence server')",
        callables=["os:getpid"],
    )
    for _ in range(2):  # it is tried again
        with pytest.raises(ConnectionError, match="licence"):
            adapters.load(path)
    with pytest.raises(Refused):
        adapters.callable("os:getpid")


@pytest.mark.parametrize("text", ["", "Hooks = 3", "class Hooks: pass", "class Other(Adapter): pass"])
def test_hooks_file_without_hooks_is_refused(write, text):
    adapters = Adapters(dynamic=False)
    with pytest.raises(Refused, match="defines no class `Hooks`"):
        adapters.load(write(hooks=text, callables=["os:getpid"]))
    with pytest.raises(Refused):
        adapters.callable("os:getpid")


def test_hooks_of_another_adapter_are_not_taken(write):
    write("one", "raise AssertionError")
    Adapters(dynamic=False).load(write("two"))


CONVERTING = """
import collections
class Hooks(Adapter):
    def to_host(self): return {collections.Counter: dict, dict: sorted}
    def from_host(self): return {int: lambda number: number + 1}
"""


def test_converters_are_those_of_the_nearest_class(write):
    from collections import Counter, OrderedDict

    adapters = Adapters(dynamic=False)
    assert adapters.converters.leaving(Counter()) is None
    adapters.load(write(hooks=CONVERTING))
    heir = type("Heir", (Counter,), {})
    assert adapters.converters.leaving(heir()) is dict
    assert adapters.converters.leaving(OrderedDict()) is sorted
    assert adapters.converters.leaving([]) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("json:dumps", ([2, "a", True], {"b": 4})),
        ("json.decoder:JSONDecoder", ([2, "a", True], {"b": 4})),
        ("jsonschema:validate", ([1, "a", True], {"b": 3})),
        ("os:getpid", ([1, "a", True], {"b": 3})),
    ],
)
def test_arguments_of_the_library_alone_are_converted_by_their_exact_class(write, address, expected):
    adapters = Adapters(dynamic=False)
    adapters.load(write(hooks=CONVERTING))
    assert adapters.converters.arrived(address, [1, "a", True], {"b": 3}) == expected


def test_results_travel_as_the_adapter_says(write):
    adapters = Adapters(dynamic=False)
    said = {"json:loads": "reference", "collections:Counter.most_common": "value"}
    adapters.load(write(callables=["json:loads"], results=said))
    from collections import Counter

    assert adapters.results.of("json:loads") == "reference"
    assert adapters.results.of("json:dumps") is None
    assert adapters.results.of_method(type("Heir", (Counter,), {})(), "most_common") == "value"
    assert adapters.results.of_method({}, "most_common") is None


def test_dynamic_pool_finds_what_nobody_listed():
    adapters = Adapters(dynamic=True)
    assert adapters.callable("os.path:join")("a", "b") == "a/b"
    assert adapters.read("xml.dom.minidom:parseString").__name__ == "parseString"
    assert adapters.callable("xml:sax.handler.ContentHandler").__name__ == "ContentHandler"  # imported on the way
    with pytest.raises(AttributeError):
        adapters.callable("os:no_such_name")
    with pytest.raises(ImportError):
        adapters.callable("no_such_module:f")
