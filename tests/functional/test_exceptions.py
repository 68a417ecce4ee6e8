"""The library's exceptions arrive with their class, their state and the remote traceback."""

from __future__ import annotations

import traceback

import pytest
from remote_source import make_module

import snakebridge as sb


def test_builtin_exception_is_caught_by_its_own_class(client):
    with pytest.raises(ZeroDivisionError) as caught:
        client.call("operator:truediv", 1, 0)
    assert isinstance(caught.value, sb.RemoteError)
    assert caught.value.remote_type == "builtins:ZeroDivisionError"
    assert caught.value.args == ("division by zero",)


def test_exception_keeps_its_state_without_its_constructor(client):
    with pytest.raises(ValueError, match="Expecting value") as caught:
        client.module("json").loads("[1, oops]")
    error = caught.value
    assert error.remote_type == "json.decoder:JSONDecodeError"
    assert (error.lineno, error.colno, error.pos, error.doc) == (1, 5, 4, "[1, oops]")
    assert str(error) == "Expecting value: line 1 column 5 (char 4)"


def test_os_error_keeps_its_number(client):
    with pytest.raises(FileNotFoundError) as caught:
        client.call("os:listdir", "/does/not/exist")
    assert caught.value.errno == 2
    assert caught.value.filename == "/does/not/exist"


def test_remote_traceback_is_shown(client):
    with pytest.raises(ValueError) as caught:
        client.module("json").loads("{")
    shown = "".join(traceback.format_exception(caught.value))
    assert "Remote traceback (worker" in shown
    assert "json/decoder.py" in shown
    assert "snakebridge_guest" not in shown


def test_cause_chain_is_kept(client):
    source = "def fail():\n try:\n  1 / 0\n except ZeroDivisionError as error:\n  raise LookupError('outer') from error"
    space = make_module(client, source)
    with pytest.raises(LookupError, match="outer") as caught:
        space.fail()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"])
def test_exceptions_that_end_programs_end_nothing_here(client, name):
    with pytest.raises(sb.RemoteError) as caught:
        client.call("builtins:exec", f"raise {name}(3)")
    assert caught.value.remote_type == f"builtins:{name}"
    assert not isinstance(caught.value, (SystemExit, KeyboardInterrupt, GeneratorExit))
    assert client.call("math:sqrt", 9) == 3


def test_exception_with_hostile_str_still_arrives(client):
    source = (
        "class Odd(Exception):\n def __init__(self, a, b):\n  self.a = a\n def __str__(self):\n  raise RuntimeError\n"
    )
    space = make_module(client, source + "def fail():\n raise Odd(1, 2)")
    with pytest.raises(sb.RemoteError) as caught:
        space.fail()
    assert caught.value.remote_type == "made:Odd"
    assert caught.value.a == 1


def test_missing_module_is_an_import_error(client):
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        client.module("no_such_library")


def test_missing_attribute_is_an_attribute_error(client):
    with pytest.raises(AttributeError, match="no_such_function"):
        client.module("math").no_such_function  # noqa: B018
