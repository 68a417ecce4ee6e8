# The commands, and the options before a command's name.

from __future__ import annotations

import logging
import sys
from pathlib import Path  # noqa: TC003 - typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from snakebridge import __version__
from snakebridge.cli._call import call
from snakebridge.cli._check import check
from snakebridge.cli._clean import clean
from snakebridge.cli._demo import demo
from snakebridge.cli._docs import docs
from snakebridge.cli._doctor import doctor
from snakebridge.cli._generate import generate
from snakebridge.cli._introspect import introspect
from snakebridge.cli._plan import plan
from snakebridge.cli._status import status
from snakebridge.cli._terminal import Settings, result
from snakebridge.cli._verify import verify_library

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["UsageError", "command"]

# typer 0.20 and newer carries its own click, older ones use the distribution; the common parent of both is found here.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]

_HELP = "Use any Python library that lives in another environment through generated, typed wrappers."


def command() -> Any:
    """Return the whole command line as one command."""
    # Help has boxes and colours only where a person reads it.
    app = typer.Typer(
        help=_HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if sys.stdout.isatty() else None,
    )
    app.callback()(_globals)
    for function in (plan, generate, check, introspect, docs, status, clean, doctor, demo):
        app.command(short_help=_short(function))(function)
    app.command("verify", short_help=_short(verify_library))(verify_library)
    # An argument such as `-1` is no option; what is neither is refused as JSON.
    app.command(short_help=_short(call), context_settings={"ignore_unknown_options": True})(call)
    return typer.main.get_command(app)


def _short(function: Callable[..., int]) -> str:
    # Said by hand, because a short help that is made from the docstring is cut off in the middle of it.
    return (function.__doc__ or "").partition("\n")[0]


def _show_version(asked: bool) -> None:
    if asked:
        result(f"snakebridge {__version__}")
        raise typer.Exit


def _globals(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Configuration file, instead of the nearest one from here upwards.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show tracebacks and what workers log.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    settings: Settings = context.obj
    settings.verbose, settings.config_file = verbose, config
    if verbose:
        logging.getLogger().setLevel(logging.INFO)
