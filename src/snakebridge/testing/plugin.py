"""Pytest plugin that fails a test which leaves something behind.

It does nothing unless the ini option `snakebridge_leak_check = true` or the flag `--snakebridge-leak-check` is given.
Then a test may not leave child processes, open descriptors, shared memory, sockets, temporary files of snakebridge or
non-daemon threads. What a fixture of a broader scope owns is judged when that fixture is torn down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["pytest_addoption", "pytest_configure"]

_OPTION = "snakebridge_leak_check"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the flag and the ini option."""
    help_text = "fail tests that leave processes, descriptors, shared memory, temporary files or threads behind"
    parser.addini(_OPTION, help_text, type="bool", default=False)
    group = parser.getgroup("snakebridge")
    group.addoption("--snakebridge-leak-check", action="store_true", default=False, help=help_text)


def pytest_configure(config: pytest.Config) -> None:
    """Switch the check on when it was asked for."""
    if config.getini(_OPTION) or config.getoption(_OPTION):
        config.pluginmanager.import_plugin("snakebridge.testing._leaks")
