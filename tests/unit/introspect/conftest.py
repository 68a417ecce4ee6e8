"""Targets that have the zoo, one per Python version, made once."""

from __future__ import annotations

import functools

import pytest
from interpreters import interpreter
from zoo import make_target

from snakebridge.introspect import introspect


@pytest.fixture(scope="session")
def zoo_python(tmp_path_factory):
    """Return the interpreter of a target with the zoo, by version."""

    @functools.cache
    def make(version):
        return make_target(interpreter(version), tmp_path_factory.mktemp("zoo") / version)

    return make


@pytest.fixture(scope="session")
def zoo_manifest(zoo_python):
    """Return the manifest of a library of the zoo, by name and version."""

    @functools.cache
    def make(library, version):
        return introspect(library, zoo_python(version))

    return make
