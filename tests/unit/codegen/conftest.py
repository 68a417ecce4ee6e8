"""Manifests in a few words, and generated packages that record what they send."""

from __future__ import annotations

import importlib
import sys

import pytest

from snakebridge.codegen import render, write
from snakebridge.manifest import Library, Manifest, Module, Symbol


def build(*symbols: Symbol, library: str = "lib", modules: tuple[Module, ...] = ()) -> Manifest:
    return Manifest(library=Library(name=library, version="1"), modules=modules, symbols=symbols).sorted()


class Recorder:
    """Stands where a module has its library: keeps what each wrapper would send."""

    def __init__(self):
        self.sent = []

    def __getattr__(self, name):
        return lambda *args: self.sent.append((name, *args))


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Generate a manifest into a package of its own and import one of its modules."""
    count = 0
    packages = []

    def load(manifest, module=None):
        nonlocal count
        count += 1
        package = f"generated_{tmp_path.name}_{count}"
        packages.append(package)
        write(render(manifest), tmp_path / package, library=manifest.library.name)
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.invalidate_caches()
        found = importlib.import_module(f"{package}.{module or manifest.library.name}")
        found._lib = found.__dict__["recorder"] = Recorder()
        return found

    yield load
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
