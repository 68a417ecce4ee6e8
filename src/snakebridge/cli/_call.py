# `call`: one call of one function in another environment, from a shell.

from __future__ import annotations

import json
import math
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

import snakebridge
from snakebridge.cli._target import PYTHON, PYTHON_VERSION, REQUIREMENTS, flags, interpreter_of, target_of
from snakebridge.cli._terminal import Settings, note, result
from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from snakebridge.environments import Interpreter

__all__ = ["call"]


def call(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="Address, such as statistics:median.")],
    values: Annotated[
        list[str] | None,
        typer.Argument(help="Each argument as JSON; an array alone is the list of all arguments.", metavar="[JSON]..."),
    ] = None,
    python: PYTHON = None,
    requirements: REQUIREMENTS = None,
    python_version: PYTHON_VERSION = None,
    keyword: Annotated[
        list[str] | None, typer.Option(help="Keyword argument; may be given several times.", metavar="NAME=JSON")
    ] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds that the call may take.", min=0.001)] = None,
) -> int:
    """Call a function in another environment and print its result, as JSON when it can be."""
    settings: Settings = context.obj
    module, _, name = target.partition(":")
    if not all(part.isidentifier() for part in [*module.split("."), *name.split(".")]):
        dotted, _, last = target.rpartition(".")
        example = f"{dotted}:{last}" if dotted and ":" not in target else "statistics:median"
        raise ConfigurationError(f"{target!r} is no address; write module:name, such as {example}")
    given = [_value(text, f"argument {number}") for number, text in enumerate(values or (), 1)]
    arguments = given[0] if len(given) == 1 and isinstance(given[0], list) else given
    keywords = dict(_keyword(text) for text in keyword or ())
    chosen = flags(python, requirements, python_version)
    if chosen is None:
        configuration = settings.load()
        chosen = target_of(module.partition(".")[0], configuration, configuration.output)
    interpreter = interpreter_of(chosen)
    with snakebridge.connect(python=interpreter.executable, timeout=timeout, report=note) as client:
        _require_module(client, module, interpreter)
        try:
            value = client.call(target, *arguments, **keywords)
        except TypeError:
            if arguments is not given:
                note(f"an array alone is the list of all arguments; to pass the array, write {json.dumps(given)}")
            raise
        # Before the client closes: a reference is asked for its own repr.
        text = json.dumps(value, ensure_ascii=False) if _is_json(value) else repr(value)
    result(text)
    return 0


def _require_module(client: snakebridge.Client, module: str, interpreter: Interpreter) -> None:
    # A module that is not there is a mistake in the address; what the library raises later is its own answer.
    try:
        client.module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"{interpreter.executable} cannot import {module} ({error}); install it there, or choose another target"
        ) from error


def _value(text: str, what: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        quoted = shlex.quote(json.dumps(text, ensure_ascii=False))
        raise ConfigurationError(f"{what} is no JSON: {text}; a text needs its own quotes, such as {quoted}") from None


def _keyword(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ConfigurationError(f"--keyword {text!r} is not of the form name=JSON, such as ndigits=2")
    return name, _value(value, f"--keyword {name}")


def _is_json(value: object) -> bool:
    """Whether JSON says the same as the value: a number as a key, or a tuple, would come back as something else."""
    if isinstance(value, float):
        return math.isfinite(value)
    if type(value) is list:
        return all(map(_is_json, value))
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(_is_json, value.values()))
    return value is None or type(value) in {bool, int, str}
