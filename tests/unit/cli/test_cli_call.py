"""`call`: from JSON in a shell to a result in a shell."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        pytest.param(["statistics:median", "[[3,1,2]]"], "2", id="an-array-alone-is-all-arguments"),
        pytest.param(["math:pow", "2", "10"], "1024.0", id="each-value-is-an-argument"),
        pytest.param(["math:fabs", "-1"], "1.0", id="a-negative-number-is-no-option"),
        pytest.param(
            ["builtins:dict", "--keyword", "a=[1]", "--keyword", 'b="x"'], '{"a": [1], "b": "x"}', id="keywords"
        ),
        pytest.param(["json:JSONDecoder"], "<json.decoder.JSONDecoder object at 0x", id="an-object-is-shown-as-repr"),
        pytest.param(["builtins:divmod", "7", "2"], "(3, 1)", id="a-tuple-is-no-json"),
        pytest.param(["builtins:float", '"nan"'], "nan", id="nan-is-no-json"),
        pytest.param(["builtins:chr", "8364"], '"€"', id="text"),
        pytest.param(["builtins:print"], "null", id="none"),
    ],
)
def test_call_prints_the_result(snakebridge, python, arguments, printed):
    assert snakebridge("call", *arguments, "--python", python).stdout.startswith(printed)


def test_call_says_what_the_library_raised(snakebridge, python):
    done = snakebridge("call", "json:loads", '"[1"', "--python", python, code=1)
    assert done.stdout == ""
    assert done.stderr == "error: json.decoder:JSONDecodeError: Expecting ',' delimiter: line 1 column 3 (char 2)\n"


def test_call_shows_the_remote_traceback_when_verbose(snakebridge, python):
    done = snakebridge("--verbose", "call", "json:loads", '"[1"', "--python", python, code=1)
    assert "in raw_decode" in done.stderr


def test_call_explains_an_array_alone_when_the_library_refuses_it(snakebridge, python):
    done = snakebridge("call", "statistics:median", "[3,1,2]", "--python", python, code=1)
    assert "to pass the array, write [[3, 1, 2]]" in done.stderr


def test_call_ends_at_its_deadline(snakebridge, python):
    assert "time:sleep" in snakebridge.refuses("call", "time:sleep", "60", "--timeout", "0.5", "--python", python)


def test_call_finds_the_interpreter_of_a_generated_library(snakebridge, python):
    snakebridge("generate", "statistics", "--python", python)
    assert snakebridge("call", "statistics:mean", "[[1,2]]").stdout == "1.5\n"
