# The outermost frame of the command line: every way a command can end becomes an exit code and at most one sentence.
#
# 0: clean. 1: there are findings, or the library raised. 2: it could not run: the sentence says what to change.
# 130: interrupted. A traceback of ours is shown on request only (`--verbose`); it does not help who must change a path.

from __future__ import annotations

import logging
import os
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from snakebridge.cli._terminal import Settings, complain, replace_unprintable
from snakebridge.errors import RemoteError, SnakebridgeError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_FINDINGS = 1
_COULD_NOT_RUN = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Args:
        arguments: Instead of those of the process.
    """
    if sys.platform == "win32":
        complain("snakebridge does not run on Windows yet; use Linux, macOS or the Windows Subsystem for Linux")
        sys.exit(_COULD_NOT_RUN)
    replace_unprintable()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    settings = Settings()
    sys.exit(_run(sys.argv[1:] if arguments is None else arguments, settings))


def _run(arguments: Sequence[str], settings: Settings) -> int:
    from snakebridge.cli._app import UsageError, command  # noqa: PLC0415 - what it loads does not exist on Windows

    try:
        code = command().main(list(arguments), prog_name="snakebridge", standalone_mode=False, obj=settings)
        sys.stdout.flush()
    except UsageError as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "snakebridge"
        complain(f"{_sentence(error)} `{path} --help`")
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Who read our output has left; there is nobody to tell, and nothing more to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FINDINGS
    except Exception as error:  # noqa: BLE001 - the last frame; what is not one of ours is a defect of ours
        return _failed(error, verbose=settings.verbose)
    else:
        return code if isinstance(code, int) else 0
    return _COULD_NOT_RUN


def _failed(error: Exception, *, verbose: bool) -> int:
    if isinstance(error, RemoteError):
        complain(f"{(error.remote_type or type(error).__name__).removeprefix('builtins:')}: {error}")
        if verbose and error.remote_traceback:
            complain(error.remote_traceback.rstrip(), label="", style="")
        return _FINDINGS
    if verbose:
        traceback.print_exception(error)
    if isinstance(error, SnakebridgeError):
        complain(str(error))
    else:
        more = "" if verbose else " with what `--verbose` shows"
        complain(f"snakebridge itself failed ({type(error).__name__}: {error}); please report it{more}")
    return _COULD_NOT_RUN


def _sentence(error: Exception) -> str:
    message = str(getattr(error, "format_message", error.__str__)()).replace(": Value error, ", ": ")
    text = " ".join(message.split()).rstrip(".")
    # "Did you mean 'check'?" is a sentence of its own.
    return f"{text[:1].lower()}{text[1:]}{' See' if text.endswith('?') else '; see'}"
