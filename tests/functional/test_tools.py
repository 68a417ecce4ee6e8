"""Tools: functions of the host that adapters find and call by name, per client and per session."""

from __future__ import annotations

import asyncio
import enum
from typing import Annotated, Literal

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import ConfigurationError

SOURCE = """
import concurrent.futures
from snakebridge_guest.adapter import ToolNotFoundError, current

def names():
    return list(current().tools)

def described():
    return [(each.name, each.description, each.parameters) for each in current().tools.list()]

def use(tool, /, *args, **kwargs):
    return current().tools[tool](*args, **kwargs)

def use_attribute(*args):
    return current().tools.add(*args)

def has(name):
    return hasattr(current().tools, name), name in current().tools, len(current().tools)

def missing():
    try:
        current().tools.nothing
    except AttributeError as error:
        return isinstance(error, KeyError), type(error) is ToolNotFoundError, str(error)

def use_in_threads(name, items):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda item: use(name, item), items))

kept = []

def keep(name):
    kept[:] = [current().tools[name]]

def use_kept(*args):
    return kept[0](*args)

def catch(name):
    try:
        return use(name)
    except ZeroDivisionError as error:
        return "caught", str(error)
"""


@pytest.fixture
def client(fresh):
    return fresh


@pytest.fixture
def lib(client):
    return make_module(client, SOURCE)


def test_tool_is_listed_with_its_description_and_parameters(client, lib):
    @client.tool
    def add(one: int, two: int = 2) -> int:
        """Add two numbers."""
        return one + two

    parameters = {
        "type": "object",
        "properties": {"one": {"type": "integer"}, "two": {"type": "integer", "default": 2}},
        "required": ["one"],
        "additionalProperties": False,
    }
    assert lib.described() == [("add", "Add two numbers.", parameters)]
    assert add(1) == 3


class Colour(enum.Enum):
    RED = "red"


class Odd:
    pass


ANNOTATIONS = {
    "int": (int, {"type": "integer"}),
    "text": ("str", {"type": "string"}),
    "optional": (float | None, {"anyOf": [{"type": "number"}, {"type": "null"}]}),
    "list": (list[str], {"type": "array", "items": {"type": "string"}}),
    "pairs": (list[tuple[int, str]], {"type": "array", "items": {"type": "array"}}),
    "tuple of any length": (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
    "dict": (dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
    "literal": (Literal["a", 1], {"enum": ["a", 1]}),
    "enum": (Colour, {"enum": ["red"]}),
    "annotated": (Annotated[int, "how many"], {"type": "integer", "description": "how many"}),
    "object": (object, {}),
    "name that is not there": ("Nowhere", {"title": "'Nowhere'"}),
}


@pytest.mark.parametrize("kind", ANNOTATIONS)
def test_annotation_becomes_a_schema(client, lib, kind):
    annotation, schema = ANNOTATIONS[kind]

    def take(value): ...

    take.__annotations__["value"] = annotation
    client.tool(take)
    assert lib.described()[0][2]["properties"] == {"value": schema}


def test_class_without_a_word_in_json_is_said_in_python(client, lib):
    @client.tool
    def take(value: Odd, *rest: int, **named: int) -> None: ...

    parameters = lib.described()[0][2]
    assert parameters["properties"]["value"]["title"].endswith("Odd")
    assert (parameters["required"], parameters["additionalProperties"]) == (["value"], True)


def test_tool_is_called_by_name_with_any_arguments(client, lib):
    @client.tool
    def add(*args: object, **kwargs: object) -> object:
        return args, kwargs

    thing = object()
    assert lib.use("add", 1, [2.5, None], key={"a": (1,)}) == ((1, [2.5, None]), {"key": {"a": (1,)}})
    assert lib.use("add", thing)[0][0] is thing
    assert lib.use_attribute("x") == (("x",), {})
    assert lib.use("add", name="n", self="s")[1] == {"name": "n", "self": "s"}


def test_name_and_description_can_be_given(client, lib):
    @client.tool(name="db.query", description="Ask the database.")
    def function(sql: str) -> str:
        return sql.upper()

    client.tool(len, name="length")
    assert lib.names() == ["db.query", "length"]
    assert lib.described()[0][1] == "Ask the database."
    assert lib.use("db.query", "select") == "SELECT"
    assert lib.use("length", "four") == 4


def test_tool_that_is_registered_late_is_found(client, lib):
    assert lib.names() == []
    assert lib.has("late") == (False, False, 0)
    client.tool(lambda: 1, name="late")
    assert lib.has("late") == (True, True, 1)

    def register(_: object) -> None:
        client.tool(lambda: "registered", name="later")

    client.tool(register, name="register")
    lib.use("register", None)
    assert lib.use("later") == "registered"


def test_unknown_tool_is_refused_with_the_known_ones(client, lib):
    assert lib.missing() == (True, True, "the host offers no tool 'nothing'; there are none")
    client.tool(abs)
    client.tool(len)
    assert lib.missing() == (True, True, "the host offers no tool 'nothing'; there are: abs, len")
    with pytest.raises(KeyError, match="there are: abs, len"):
        lib.use("nothing")


def test_name_that_is_registered_again_means_the_later_function(client, lib):
    client.tool(lambda: 1, name="number")
    lib.keep("number")
    client.tool(lambda: 2, name="number")
    assert (lib.use("number"), lib.use_kept()) == (2, 2)


def test_tools_of_a_session_shadow_those_of_its_client_and_end_with_it(client, lib):
    client.tool(lambda: "client", name="whose")
    with client.session() as session, client.session() as other:

        @session.tool(name="whose")
        def whose() -> str:
            return "session"

        session.tool(lambda: 1, name="own")
        assert (lib.use("whose"), lib.names()) == ("client", ["whose"])  # this is the other one
        with session:
            assert (lib.use("whose"), lib.use("own"), lib.names()) == ("session", 1, ["own", "whose"])
            assert lib.use_in_threads("whose", []) == []
            lib.keep("own")
        assert other is not session
    assert (lib.use("whose"), lib.names()) == ("client", ["whose"])
    with pytest.raises(LookupError, match="no tool 'own' any more; there are: whose"):
        lib.use_kept()


def test_threads_of_the_library_use_tools(client, lib):
    client.tool(lambda number: number * 2, name="double")
    assert lib.use_in_threads("double", [1, 2, 3]) == [2, 4, 6]
    with client.session() as session:
        session.tool(lambda number: number * 3, name="double")
        assert lib.use_in_threads("double", [1, 2, 3]) == [3, 6, 9]


def test_exception_of_a_tool_is_the_same_object(client, lib):
    mine = ZeroDivisionError("mine")

    @client.tool
    def fail() -> None:
        raise mine

    assert lib.catch("fail") == ("caught", "mine")
    with pytest.raises(ZeroDivisionError) as caught:
        lib.use("fail")
    assert caught.value is mine


def test_async_tool_is_awaited_on_the_loop_of_the_awaiting_task(client, lib):
    @client.tool
    async def where() -> int:
        await asyncio.sleep(0)
        return id(asyncio.get_running_loop())

    async def main() -> bool:
        return await sb.aio(lib.use)("where") == id(asyncio.get_running_loop())

    assert asyncio.run(main())
    assert isinstance(lib.use("where"), int)


@pytest.mark.parametrize("name", ["", "two words", "<lambda>", "x" * 65, "1st"])
def test_name_that_is_none_is_refused(client, name):
    with pytest.raises(ConfigurationError, match="cannot name a tool"):
        client.tool(abs, name=name)
    with pytest.raises(ConfigurationError, match="must be callable"):
        client.tool(3, name="three")
