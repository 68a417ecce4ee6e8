# Docstrings of one library: each is read once, and the names in them are looked up as a reader of the module would.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from snakebridge.introspect.docstrings import Documented, doc_signatures, prototypes, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snakebridge.introspect._drafts import Draft
    from snakebridge.manifest import Signature

_SHORTEST = 20
_ARRAY_WORDS = {"array_like": "numpy.typing:ArrayLike", "dtype_like": "numpy.typing:DTypeLike"}
# What prose calls these without saying whose they are.
_FAMILIAR = {
    "np": "numpy",
    "numpy": "numpy",
    "pd": "pandas",
    "pandas": "pandas",
    "sp": "scipy",
    "scipy": "scipy",
    "nx": "networkx",
    "networkx": "networkx",
    "datetime": "datetime",
}
_FAMILIAR_NAMES = {"ndarray": "numpy:ndarray", "DataFrame": "pandas:DataFrame", "Series": "pandas:Series"}


class Documents:
    """Reads the docstrings of a library.

    Args:
        classes: Canonical address by bare name, of public classes whose name no other has.
        uses: Top-level names of the libraries it uses, itself included.
        resolve: Module and dotted name → address, as its source says.
        modules: Docstring by module.
    """

    def __init__(
        self,
        classes: Mapping[str, str],
        uses: set[str],
        resolve: Callable[[str, str], str | None],
        modules: Mapping[str, str | None],
    ) -> None:
        self._classes = classes
        self._uses = uses
        self._resolve = resolve
        self._modules = modules
        self._prototypes: dict[str, dict[str, tuple[Signature, ...]]] = {}

    def read(self, draft: Draft, signature: Signature) -> Documented | None:
        """Return what a symbol's docstring says, if it could say something that the signature does not."""
        doc = draft.symbol.doc
        if doc is None or len(doc) < _SHORTEST:
            return None
        is_complete = signature.returns is not None and all(one.type is not None for one in signature.parameters)
        if is_complete and "eprecated" not in doc:
            return None
        defaults = {one.name: one.default for one in signature.parameters if one.default is not None}
        return read(doc, resolve=lambda name: self._meaning(draft, name), class_doc=draft.class_doc, defaults=defaults)

    def signatures(self, draft: Draft) -> tuple[Signature, ...]:
        """Return the signatures at the top of a symbol's docstring, or those that its module's docstring lists."""
        symbol = draft.symbol
        if not symbol.doc:
            return ()
        names = dict.fromkeys([symbol.name, *(re.split("[.:]", one)[-1] for one in draft.origins)])
        found = next((found for name in names if (found := doc_signatures(symbol.doc, name))), ())
        return found or (self._in_module(symbol.module, symbol.name) if symbol.owner is None else ())

    def _in_module(self, module: str, name: str) -> tuple[Signature, ...]:
        if module not in self._prototypes:
            self._prototypes[module] = prototypes(self._modules.get(module) or "")
        return self._prototypes[module].get(name, ())

    def returned(self, draft: Draft) -> str | None:
        """Return the type that a property's docstring says it gives."""
        doc = draft.symbol.doc
        if doc is None or len(doc) < _SHORTEST:
            return None
        told = read(doc, resolve=lambda name: self._meaning(draft, name))
        return None if told.returns is None else str(told.returns)

    def _meaning(self, draft: Draft, name: str) -> str | None:
        word = name.replace("-", "_").lower()
        if word in _ARRAY_WORDS:
            return _ARRAY_WORDS[word] if "numpy" in self._uses else None
        module = draft.scope.module or draft.symbol.module
        head, _, rest = name.rpartition(".")
        if not head:
            familiar = _FAMILIAR_NAMES.get(name)
            if familiar is not None and familiar.partition(":")[0] in self._uses:
                return familiar
            return self._resolve(module, name) or self._classes.get(name)
        outer = _FAMILIAR.get(head.partition(".")[0])
        if outer in self._uses:
            return f"{'.'.join([outer, *head.split('.')[1:]])}:{rest}" if outer else None
        return self._resolve(module, name)
