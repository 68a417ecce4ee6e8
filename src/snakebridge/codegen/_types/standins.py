# What a caller can give where a library wants something that no annotation of the host can name: a private class, a
# well-known protocol, or a class of numpy and of the packages that build on it.
#
# Guarantees: a stand-in takes whatever is an instance over there, in the form it has in the host: a proxy, or what
# becomes one on the way (the host's own arrays and scalars are copied, and results of numpy's scalar types arrive as
# built-in numbers where there is no numpy).
# Assumes: names mean what they mean in numpy 1.20 to 2.x and in optype; that the wire copies what `reference/values.md`
# says it copies.

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from snakebridge.codegen._types.annotations import ANY, Annotation, Dots, either, host
from snakebridge.codegen._types.nameable import EXCEPTIONS
from snakebridge.manifest import DefinitionKind, types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snakebridge.codegen._types.definitions import Definitions

__all__ = ["REMOTE", "is_scalar", "of_private", "stand_in"]

REMOTE: Final = host("snakebridge.support:RemoteObject")
_ARRAY: Final = host("snakebridge.support:SupportsArray")
_MAPPING: Final = host("collections.abc:Mapping", host("builtins:str"), ANY)
_BUFFER: Final = host("snakebridge.support:Buffer")
_SEQUENCE: Final = either(host("collections.abc:Sequence", ANY), REMOTE)
_READER: Final = either(host("snakebridge.support:SupportsRead"), REMOTE)
_WRITER: Final = either(host("snakebridge.support:SupportsWrite"), REMOTE)
_EXACTLY: Final[dict[str, Annotation]] = {
    **dict.fromkeys(
        ("_typeshed:ReadableBuffer", "collections.abc:Buffer", "typing_extensions:Buffer"), either(_BUFFER, REMOTE)
    ),
    **dict.fromkeys(("_typeshed:SupportsRead", "PIL._typing:SupportsRead", "requests._types:SupportsRead"), _READER),
    **dict.fromkeys((f"pandas._typing:{name}" for name in ("ReadBuffer", "ReadCsvBuffer")), _READER),
    **dict.fromkeys(("_typeshed:SupportsWrite", "pandas._typing:WriteBuffer"), _WRITER),
    "pandas._typing:SequenceNotStr": _SEQUENCE,
    **dict.fromkeys(
        (
            *(f"{package}:{name}" for package in ("pandas", "polars") for name in ("DataFrame", "Series")),
            *("pyarrow.lib:RecordBatch", "pyarrow.lib:Table", "pyarrow:RecordBatch", "pyarrow:Table"),
        ),
        either(_ARRAY, REMOTE),
    ),
    **dict.fromkeys(("scipy.sparse:sparray", "scipy.sparse:spmatrix"), REMOTE),
}
"""Stand-ins by address: protocols with few members, and what numpy makes arrays of."""
_PACKAGES: Final = frozenset({"numpy", "numpy_typing_compat", "optype"})

_SCALARS: Final[dict[str, str]] = {
    "bool": "bool bool_ bool8 JustBool",
    "int": "byte int_ int0 int8 int16 int32 int64 intc intp integer long longlong short signedinteger ubyte uint uint0 "
    "uint8 uint16 uint32 uint64 uintc uintp ulong ulonglong unsignedinteger ushort JustInt",
    "float": "double float_ float16 float32 float64 float96 float128 floating half longdouble longfloat single "
    "JustFloat",
    "complex": "cdouble cfloat clongdouble clongfloat complex_ complex64 complex128 complex192 complex256 "
    "complexfloating csingle inexact number singlecomplex JustComplex",
    "str": "str_ str0 unicode_",
    "bytes": "bytes_ bytes0 string_",
}
_BUILTIN: Final = {name: kind for kind, names in _SCALARS.items() for name in names.split()}
"""numpy's scalar types → what the nearest built-in of an instance is, at widest."""
_TIMES: Final = {
    "datetime64": (host("datetime:date"),),
    "timedelta64": (host("datetime:timedelta"),),
    "character": (host("builtins:str"), host("builtins:bytes")),
    "flexible": (host("builtins:str"), host("builtins:bytes")),
    "generic": (
        *(host(f"builtins:{name}") for name in ("complex", "str", "bytes")),
        *(host(f"datetime:{name}") for name in ("date", "timedelta")),
    ),
}
_OTHERS: Final[dict[str, Annotation]] = {
    **{
        name: either(_ARRAY, REMOTE)
        for name in (
            *("ndarray", "matrix", "memmap", "recarray", "record", "void", "chararray", "MaskedArray"),
            *("_SupportsArray", "_SupportsArrayFunc", "SupportsArray"),
        )
    },
    **{
        name: either(host("snakebridge.support:SupportsDType"), REMOTE)
        for name in ("_HasDType", "_HasNumPyDType", "_SupportsDType", "HasDType", "SupportsDType")
    },
    "_NestedSequence": _SEQUENCE,
    "SequenceND": _SEQUENCE,
    "dtype": either(host("snakebridge.support:DType"), REMOTE),
    "ufunc": either(host("collections.abc:Callable", Dots(), ANY), REMOTE),
    "_Buffer": either(_BUFFER, REMOTE),
    "_SupportsCoefOps": either(host("snakebridge.support:SupportsArithmetic"), REMOTE),
    "_DTypeDict": _MAPPING,
    **dict.fromkeys(
        ("_NoValueType", "BitGenerator", "Generator", "RandomState", "SeedSequence", "broadcast", "nditer"), REMOTE
    ),
}
_ARRAY_PROTOCOL: Final = re.compile(r"_?CanArray(?:Strict)?(?:\dD|ND|)")


def _split(address: str) -> tuple[str, str]:
    module, _, name = address.partition(":")
    return module.partition(".")[0], name


def is_scalar(address: str) -> bool:
    """Say whether it is a scalar type of numpy, which arrives as a built-in, as the host's own, or as a proxy."""
    package, name = _split(address)
    return package == "numpy" and (name in _BUILTIN or name in _TIMES)


def stand_in(address: str) -> Annotation | None:
    """Return what may be given for something, or `None` when nothing special is known about it."""
    if address in _EXACTLY:
        return _EXACTLY[address]
    package, name = _split(address)
    if package not in _PACKAGES:
        return None
    if name in _BUILTIN:
        return either(host(f"builtins:{_BUILTIN[name]}"), _ARRAY, REMOTE)
    if name in _TIMES:
        return either(*_TIMES[name], _ARRAY, REMOTE)
    if _ARRAY_PROTOCOL.fullmatch(name):
        return either(_ARRAY, REMOTE)
    return _OTHERS.get(name)


def of_private(address: str, definitions: Definitions) -> Annotation:
    """Return what may be given for a private class of the library."""
    above = set(_ancestry(address, definitions))
    if "typing:TypedDict" in above:
        return _MAPPING
    if above & {"typing:Protocol", "builtins:type"} or any(_is_copied(one) for one in above):
        return ANY
    if above & {"builtins:tuple", "typing:NamedTuple"}:
        return either(host("builtins:tuple", ANY, Dots()), REMOTE)
    return REMOTE


def _is_copied(address: str) -> bool:
    module, _, name = address.partition(":")
    return module == "enum" or (module == "builtins" and name in EXCEPTIONS)


def _ancestry(address: str, definitions: Definitions) -> Iterator[str]:
    """Yield what a class derives from, as far as it is known, and `Protocol` for a protocol."""
    passed: set[str] = set()
    waiting = [address]
    while waiting:
        one = waiting.pop()
        if one in passed:
            continue
        passed.add(one)
        meaning = definitions.meanings.get(one)
        if meaning is None:
            yield one
        else:
            if meaning.kind is DefinitionKind.PROTOCOL:
                yield "typing:Protocol"
            bases = map(types.parse, meaning.bases)
            waiting += [base.address for base in bases if isinstance(base, types.Name)]
