"""The face for people: importing it costs nothing, and every name in it resolves."""

from __future__ import annotations

import subprocess
import sys

import pytest

import snakebridge


def loaded_by(statement: str) -> set[str]:
    """Return the modules a fresh, isolated interpreter has loaded after a statement, less those it has without it."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; sys.stdout.write('\\n'.join(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_import_loads_nothing_but_itself_and_typing():
    loaded = loaded_by("import snakebridge")
    allowed = loaded_by("import typing, importlib")
    assert loaded - allowed <= {"snakebridge", "__future__"}


def test_import_of_the_exceptions_loads_no_third_party_module():
    loaded = loaded_by("import snakebridge; snakebridge.RemoteError")
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert foreign == {"snakebridge"}


@pytest.mark.parametrize("name", snakebridge.__all__)
def test_name_resolves(name):
    assert getattr(snakebridge, name) is not None


def test_dir_is_the_public_names():
    assert dir(snakebridge) == sorted(snakebridge.__all__)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'snakebridge' has no attribute 'nothing'"):
        _ = snakebridge.nothing


def test_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert snakebridge.__version__ == version("snakebridge")
