"""The command line: the only place that prints."""

from snakebridge.cli._main import main

__all__ = ["main"]
