# Hooks: code of the user's own that runs beside a library, in a file beside its adapter that generating leaves alone.
#
# Guarantees: hooks are made and run once in each worker; what they convert is converted wherever it is met, by the
# nearest class. Assumes: as adapters, the file comes from the host that started this worker.
from __future__ import annotations

import os
import types
from typing import Any, Callable, Mapping, Optional

from snakebridge_guest.worker._refusal import Refused

FILE = "_adapter_hooks.py"
_Converter = Callable[[Any], Any]


class Adapter:
    """What a worker does for a library beside calling it; derive `Hooks` from it in `_adapter_hooks.py`."""

    def setup(self) -> None:
        """Run once in each worker, before the library is imported."""

    def warm_up(self) -> None:
        """Run once in each worker, before it takes its first call."""

    def to_host(self) -> Mapping[type, _Converter]:
        """Return what makes a value of an object that would go to the host as a reference, by class."""
        return {}

    def from_host(self) -> Mapping[type, _Converter]:
        """Return what makes what the library wants of an argument, by the exact class that it has when it arrives."""
        return {}

    def teardown(self) -> None:
        """Run once in each worker, when it stops in good order."""


def load(adapter: str) -> Adapter:
    """Return the hooks beside an adapter file.

    Raises:
        Refused: The file defines no `Hooks`.
    """
    path = os.path.join(os.path.dirname(adapter), FILE)
    try:
        with open(path, encoding="utf-8") as file:
            source = file.read()
    except FileNotFoundError:
        return Adapter()
    module = types.ModuleType("snakebridge_hooks")
    module.__file__ = path
    exec(compile(source, path, "exec"), module.__dict__)  # noqa: S102 - code that we were told to run, as adapters are
    kind = module.__dict__.get("Hooks")
    if not (isinstance(kind, type) and issubclass(kind, Adapter)):
        raise Refused(path + " defines no class `Hooks` that is derived from `snakebridge_guest.adapter.Adapter`")
    hooks: Adapter = kind()
    return hooks


class Converters:
    """What the hooks of all adapters convert."""

    def __init__(self) -> None:
        self._leaving: dict[type, _Converter] = {}
        self._arriving: dict[str, dict[type, _Converter]] = {}

    def __bool__(self) -> bool:
        """Whether arguments may have to be converted."""
        return bool(self._arriving)

    def take(self, library: str, hooks: Adapter) -> None:
        """Take in those of a library."""
        self._leaving.update(hooks.to_host())
        arriving = dict(hooks.from_host())
        if arriving:
            self._arriving[library] = arriving

    def leaving(self, value: Any) -> Optional[_Converter]:
        """Return what makes a value of an object; `None`: nothing."""
        if not self._leaving:
            return None
        found = (self._leaving.get(kind) for kind in type(value).__mro__)
        return next((each for each in found if each is not None), None)

    def arrived(self, address: str, args: Any, kwargs: Any) -> Any:
        """Return the arguments of a call as the library wants them.

        Args:
            address: What is called; of a method, its object's class.
            args: The positional ones.
            kwargs: The others.
        """
        found = self._of(address)
        if found is None:
            return args, kwargs
        here: dict[type, _Converter] = found

        def convert(value: Any) -> Any:
            converter = here.get(type(value))
            return value if converter is None else converter(value)

        return [convert(each) for each in args], {name: convert(each) for name, each in kwargs.items()}

    def _of(self, address: str) -> Optional[dict[type, _Converter]]:
        module = address.partition(":")[0]
        while module:
            if module in self._arriving:
                return self._arriving[module]
            module = module.rpartition(".")[0]
        return None
