# A generated package as the runtime sees it: where its classes live, which pool runs it, and how its wrappers call.
#
# One `Library` per package, made when the package is first imported. Libraries of one output folder know each other, so
# that a networkx call that returns a numpy array gives the generated numpy class.

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from snakebridge.errors import GeneratedCodeError, StaleReferenceError
from snakebridge.runtime import _context, _fork
from snakebridge.runtime._objects.attributes import ClassAttribute, become, called_on
from snakebridge.runtime._objects.kept import keep
from snakebridge.runtime._objects.proxies import RemoteObject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import Enum
    from types import ModuleType

    from snakebridge.errors import RemoteError
    from snakebridge.runtime._objects.references import Reference
    from snakebridge.runtime._pool.pool import Pool

__all__ = ["API", "Library", "address_of"]

Positional: TypeAlias = Any  # tuple[object, ...]
Keywords: TypeAlias = Any  # Mapping[str, object] | None
# Type checkers compare every argument in every wrapper with its declaration: for numpy that takes pyright a second.

API = 2
"""Number of the interface between generated code and this package; it changes when old generated code would break."""

_packages: dict[str, Library] = {}  # import name of a package → its library
_folders: dict[Path, dict[str, Library]] = {}  # output folder → library name → library


class Library:
    """Binds one generated package to a pool.

    Args:
        name: The library's import name over there.
        package: The generated package's import name here (`__package__`).
        file: The generated package's `__file__`.
        api: The number the code was generated for.
        version: The library's version, for messages.
        manifest: Hash of the manifest it was generated from.
        types: Run-time address of each class → where its generated class is, `module:qualname` relative to the package.
        calls: Address of a function or method → what its manifest says of calling it: `timeout`, `idempotent`.

    Raises:
        GeneratedCodeError: The code was generated for another API number.
    """

    def __init__(
        self,
        name: str,
        *,
        package: str,
        file: str,
        api: int,
        version: str | None,
        manifest: str,
        types: Mapping[str, str],
        calls: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        if api != API:
            raise GeneratedCodeError(
                f"the package {package} was generated for API {api} and this snakebridge has API {API}; "
                f"run `snakebridge generate {name}` again"
            )
        self.name = name
        self.package = package
        self.version = version
        self.manifest = manifest
        self.types = types
        self.folder = Path(file).resolve().parents[name.count(".") + 1]
        self.adapter = str(Path(file).resolve().parent / "_adapter.py")
        self._calls = calls
        self._methods = frozenset(address.rpartition(".")[2] for address in calls)
        self._classes: dict[str, type | None] = {}
        self._default: Pool | None = None
        with _fork.guard:  # no forked copy may find it half done
            _packages[package] = self
            _folders.setdefault(self.folder, {})[name] = self

    def __repr__(self) -> str:
        return f"<library {self.name} as {self.package}>"

    # --- what wrappers call -----------------------------------------------------------------------------------------

    def call(self, address: str, positional: Positional = (), keywords: Keywords = None, /) -> Any:
        """Call what an address names."""
        if address in self._calls:
            pool = self._pool()
            return self._as_said(pool, address, lambda: pool.call(address, positional, keywords, library=self))
        return self._pool().call(address, positional, keywords, library=self)

    def _as_said(self, pool: Pool, address: str, make: Callable[[], Any]) -> Any:
        from snakebridge.runtime._calls.repeating import Said  # noqa: PLC0415 - few libraries have anything said of them

        return Said(**self._calls[address]).call(make, is_nested=pool.held.channel is not None)

    async def acall(self, address: str, positional: Positional = (), keywords: Keywords = None, /) -> Any:
        """Call a coroutine function and await its result; the event loop goes on meanwhile."""
        with _context.scope(is_awaited=True):
            reply = self.call(address, positional, keywords)
        return await reply

    def class_call(
        self,
        kind: type,
        address: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> Any:
        """Call a class method on the class that it was called on here."""
        return self.call(called_on(kind, address, address_of), positional, keywords)

    async def aclass_call(
        self,
        kind: type,
        address: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> Any:
        """Call a class method that is a coroutine function and await its result."""
        return await self.acall(called_on(kind, address, address_of), positional, keywords)

    def construct(
        self,
        instance: RemoteObject,
        address: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> None:
        """Make the remote object that `instance` stands for."""
        self._pool().construct(instance, address, positional, keywords, library=self)

    def construct_error(
        self,
        error: RemoteError,
        address: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> None:
        """Make the exception that `error` stands for; what its constructor computes is copied."""
        become(error, self._pool().call(address, positional, keywords, library=self))

    def member_call(
        self,
        member: Enum,
        address: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> Any:
        """Call a method of an enum, which is found at its class."""
        return self.call(address, (member, *positional), keywords)

    async def amember_call(
        self,
        member: Enum,
        address: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> Any:
        """Call a coroutine method of an enum and await its result."""
        return await self.acall(address, (member, *positional), keywords)

    def member_get(self, member: Enum, address: str, /) -> Any:
        """Read a property of an enum, which is found at its class."""
        return self.call(f"{address}.__get__", (member,))

    def method(
        self,
        instance: RemoteObject | RemoteError,
        name: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> Any:
        """Call a method or operator.

        Raises:
            StaleReferenceError: The object is gone, or `instance` is an exception without one.
        """
        reference = self._reference(instance)
        if name in self._methods:
            found = (f"{address_of(kind)}.{name}" for kind in type(instance).__mro__)
            address = next((each for each in found if each in self._calls), None)
            if address is not None:
                pool = reference.worker.pool
                return self._as_said(pool, address, lambda: pool.method(reference, name, positional, keywords))
        return reference.worker.pool.method(reference, name, positional, keywords)

    def _reference(self, instance: RemoteObject | RemoteError) -> Reference:
        try:
            return instance._snakebridge  # type: ignore[union-attr] # noqa: SLF001 - the proxy's machinery
        except AttributeError:
            raise StaleReferenceError(
                f"this {type(instance).__name__} has no object over there: it is a copy, or its constructor failed"
            ) from None

    async def amethod(
        self,
        instance: RemoteObject | RemoteError,
        name: str,
        positional: Positional = (),
        keywords: Keywords = None,
        /,
    ) -> Any:
        """Call a coroutine method and await its result."""
        with _context.scope(is_awaited=True):
            reply = self.method(instance, name, positional, keywords)
        return await reply

    def get(self, instance: RemoteObject, name: str, /) -> Any:
        """Read a property."""
        return RemoteObject.__getattr__(instance, name)

    def set(self, instance: RemoteObject, name: str, value: object, /) -> None:
        """Assign a property."""
        reference = instance._snakebridge  # noqa: SLF001
        reference.worker.pool.set(reference, name, value)

    def constant(self, address: str, /) -> Any:
        """Read a constant that has no literal."""
        return self._pool().read(address, library=self)

    def attribute(self, address: str, /) -> Any:
        """Make the descriptor of a class attribute, which is read over there."""
        return ClassAttribute(self, address)

    def submodule(self, name: str, /) -> ModuleType:
        """Import a module of the package by its name relative to it."""
        return importlib.import_module(f"{self.package}.{name}" if name else self.package)

    def keep(self, module: str, *names: str) -> None:
        """Keep names of a module of the package for its symbols, although submodules have them too."""
        keep(module, names)

    # --- classes here and there -------------------------------------------------------------------------------------

    def find_class(self, address: str) -> type | None:
        """Return the generated class of a remote class, of this library or a neighbour in the same output folder."""
        try:
            return self._classes[address]
        except KeyError:
            pass
        place = self.types.get(address)
        neighbour = None if place is not None else self._neighbour(address.partition(":")[0])
        found: type | None = None
        if place is not None:
            found = self._class_at(place)
        elif neighbour is not None:
            found = neighbour.find_class(address)
        self._classes[address] = found
        return found

    def _class_at(self, place: str) -> type:
        module, _, qualname = place.partition(":")
        found: Any = self.submodule(module)
        for part in qualname.split("."):
            found = getattr(found, part)
        assert isinstance(found, type)
        return found

    def _neighbour(self, module: str) -> Library | None:
        name = module.partition(".")[0]
        if name in {"builtins", self.name.partition(".")[0]}:
            return None
        known = _folders.get(self.folder, {}).get(name)
        if known is not None:
            return known
        parent = self.package.removesuffix(self.name)
        if not parent.endswith(".") or not (self.folder / name / "_snakebridge.py").is_file():
            return None
        found: Library = importlib.import_module(f"{parent}{name}._snakebridge").library
        return found

    def _pool(self) -> Pool:
        pool = _context.current().pool
        if pool is None:
            pool = self._default
            if pool is None or pool.closed:
                # Importing generated code must not load what only a call needs.
                from snakebridge.runtime._pool import defaults  # noqa: PLC0415

                pool = self._default = defaults.pool_for(self.name, self.folder)
        if self.adapter not in pool.adapters:
            pool.adapters[self.adapter] = None
        return pool


def address_of(value: object) -> str | None:
    """Return the remote address that a generated class or function stands for, or `None` of anything else."""
    module = getattr(value, "__module__", None)
    qualname = getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str) or not _packages:
        return None
    package = module
    while package:
        library = _packages.get(package)
        if library is not None:
            loaded: Any = sys.modules.get(module)
            if getattr(loaded, qualname.partition(".")[0], None) is None:
                return None
            return f"{library.name}{module[len(package) :]}:{qualname}"
        package = package.rpartition(".")[0]
    return None
