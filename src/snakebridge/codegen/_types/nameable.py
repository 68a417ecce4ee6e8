# The classes of the standard library that generated annotations may name, with their number of type arguments.
#
# Guarantees: every entry exists, with that arity, on all host versions (3.11 to 3.13) for mypy and pyright; a test
# imports each one. What is not listed becomes `Any`: a type that cannot be named everywhere is not worth a broken
# check.

from __future__ import annotations

from typing import Final

__all__ = ["ANCESTORS", "ARITY", "EXCEPTIONS", "LEAVES", "RESPELLED", "UNWRAPPED", "VALUES", "VARIANCE"]

_NAMES: Final = {
    "builtins": {
        0: "bool bytearray bytes complex float int memoryview object range slice str",
        1: "enumerate filter frozenset list map reversed set type zip",
        2: "dict",
    },
    "collections": {0: "UserString", 1: "Counter UserList deque", 2: "ChainMap OrderedDict UserDict defaultdict"},
    "collections.abc": {
        0: "Hashable Sized",
        1: "AsyncIterable AsyncIterator Awaitable Collection Container Iterable Iterator KeysView MutableSequence "
        "MutableSet Reversible Sequence Set ValuesView",
        2: "AsyncGenerator ItemsView Mapping MutableMapping",
        3: "Coroutine Generator",
    },
    "contextlib": {0: "AsyncExitStack ExitStack", 1: "AbstractAsyncContextManager AbstractContextManager"},
    "typing": {
        0: "BinaryIO SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt TextIO",
        1: "IO SupportsAbs SupportsRound",
    },
    "argparse": {0: "ArgumentParser Namespace"},
    "ast": {0: "AST"},
    "asyncio": {0: "AbstractEventLoop StreamReader StreamWriter", 1: "Future Queue Task"},
    "concurrent.futures": {0: "Executor", 1: "Future"},
    "datetime": {0: "date datetime time timedelta timezone tzinfo"},
    "decimal": {0: "Context Decimal"},
    "email.message": {0: "EmailMessage"},
    "enum": {0: "Enum Flag IntEnum IntFlag StrEnum"},
    "fractions": {0: "Fraction"},
    "http.cookiejar": {0: "Cookie CookieJar"},
    "inspect": {0: "Parameter Signature"},
    "io": {
        0: "BufferedIOBase BufferedRandom BufferedReader BufferedWriter BytesIO FileIO IOBase RawIOBase StringIO "
        "TextIOBase TextIOWrapper",
    },
    "ipaddress": {0: "IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network"},
    "logging": {0: "Filter Formatter Handler LogRecord Logger"},
    "os": {1: "PathLike"},
    "pathlib": {0: "Path PosixPath PurePath PurePosixPath PureWindowsPath"},
    "random": {0: "Random"},
    "re": {0: "RegexFlag", 1: "Match Pattern"},
    "socket": {0: "socket"},
    "ssl": {0: "SSLContext"},
    "string": {0: "Template"},
    "subprocess": {1: "CompletedProcess Popen"},
    "types": {
        0: "BuiltinFunctionType CodeType EllipsisType FrameType FunctionType MethodType ModuleType NoneType "
        "SimpleNamespace TracebackType",
        2: "MappingProxyType",
    },
    "uuid": {0: "UUID"},
    "zoneinfo": {0: "ZoneInfo"},
}

EXCEPTIONS: Final = frozenset(
    [
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "BlockingIOError",
        "BrokenPipeError",
        "BufferError",
        "BytesWarning",
        "ChildProcessError",
        "ConnectionAbortedError",
        "ConnectionError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "DeprecationWarning",
        "EOFError",
        "EncodingWarning",
        "Exception",
        "FileExistsError",
        "FileNotFoundError",
        "FloatingPointError",
        "FutureWarning",
        "GeneratorExit",
        "ImportError",
        "ImportWarning",
        "IndentationError",
        "IndexError",
        "InterruptedError",
        "IsADirectoryError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "ModuleNotFoundError",
        "NameError",
        "NotADirectoryError",
        "NotImplementedError",
        "OSError",
        "OverflowError",
        "PendingDeprecationWarning",
        "PermissionError",
        "ProcessLookupError",
        "RecursionError",
        "ReferenceError",
        "ResourceWarning",
        "RuntimeError",
        "RuntimeWarning",
        "StopAsyncIteration",
        "StopIteration",
        "SyntaxError",
        "SyntaxWarning",
        "SystemError",
        "SystemExit",
        "TabError",
        "TimeoutError",
        "TypeError",
        "UnboundLocalError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "UnicodeError",
        "UnicodeTranslateError",
        "UnicodeWarning",
        "UserWarning",
        "ValueError",
        "Warning",
        "ZeroDivisionError",
    ]
)
"""Built-in exceptions of every host version."""

ARITY: Final[dict[str, int]] = {
    **{
        f"{module}:{name}": arity
        for module, rows in _NAMES.items()
        for arity, names in rows.items()
        for name in names.split()
    },
    **{f"builtins:{name}": 0 for name in EXCEPTIONS},
}
"""Address → number of type arguments."""

VALUES: Final = frozenset(
    address
    for address in ARITY
    if address.partition(":")[0] in {"datetime", "decimal", "fractions", "pathlib", "uuid"}
    and address != "decimal:Context"
)
"""Classes whose instances travel by value: a call returns the host's own class, even from the library that owns it."""

RESPELLED: Final[dict[str, str]] = {
    **{f"typing:{name}": f"builtins:{name.lower()}" for name in ("Dict", "FrozenSet", "List", "Set", "Tuple", "Type")},
    **{f"typing:{name}": f"collections:{name}" for name in ("ChainMap", "Counter", "OrderedDict")},
    **{
        f"typing:{address.partition(':')[2]}": address
        for address in ARITY
        if address.startswith("collections.abc:") and not address.endswith(":Set")
    },
    "typing:AbstractSet": "collections.abc:Set",
    "typing:AsyncContextManager": "contextlib:AbstractAsyncContextManager",
    "typing:Callable": "collections.abc:Callable",
    "typing:ContextManager": "contextlib:AbstractContextManager",
    "typing:DefaultDict": "collections:defaultdict",
    "typing:Deque": "collections:deque",
    "typing:LiteralString": "builtins:str",
    "typing:Match": "re:Match",
    "typing:Pattern": "re:Pattern",
    "typing:Text": "builtins:str",
    "asyncio.events:AbstractEventLoop": "asyncio:AbstractEventLoop",
    "asyncio.futures:Future": "asyncio:Future",
    "asyncio.queues:Queue": "asyncio:Queue",
    "asyncio.streams:StreamReader": "asyncio:StreamReader",
    "asyncio.streams:StreamWriter": "asyncio:StreamWriter",
    "asyncio.tasks:Task": "asyncio:Task",
    "concurrent.futures._base:Executor": "concurrent.futures:Executor",
    "concurrent.futures._base:Future": "concurrent.futures:Future",
    "pathlib._local:Path": "pathlib:Path",
    "pathlib._local:PurePath": "pathlib:PurePath",
    "_decimal:Decimal": "decimal:Decimal",
    "_io:BytesIO": "io:BytesIO",
    "_io:StringIO": "io:StringIO",
    "_io:TextIOWrapper": "io:TextIOWrapper",
    "_io:BufferedReader": "io:BufferedReader",
    "_io:BufferedWriter": "io:BufferedWriter",
    "_io:FileIO": "io:FileIO",
}
"""Other addresses of the same classes."""

RESPELLED.update({address.replace("typing:", "typing_extensions:"): target for address, target in RESPELLED.items()})

UNWRAPPED: Final = frozenset(
    f"{module}:{name}"
    for module in ("typing", "typing_extensions")
    for name in ("Annotated", "ClassVar", "Final", "NotRequired", "ReadOnly", "Required")
) | {"dataclasses:InitVar"}
"""Forms that say something about a type: their first argument is the type."""

VARIANCE: Final[dict[str, str]] = {
    **{
        address: signs
        for signs, rows in {
            "+": "builtins:enumerate builtins:filter builtins:frozenset builtins:map builtins:reversed builtins:type "
            "builtins:zip collections.abc:AsyncIterable collections.abc:AsyncIterator collections.abc:Awaitable "
            "collections.abc:Collection collections.abc:Container collections.abc:Iterable collections.abc:Iterator "
            "collections.abc:KeysView collections.abc:Reversible collections.abc:Sequence collections.abc:Set "
            "collections.abc:ValuesView contextlib:AbstractAsyncContextManager contextlib:AbstractContextManager "
            "typing:SupportsAbs typing:SupportsRound",
            "#": "os:PathLike re:Match re:Pattern subprocess:Popen typing:IO",
            "+-": "collections.abc:AsyncGenerator",
            "+-+": "collections.abc:Coroutine collections.abc:Generator",
            "++": "collections.abc:ItemsView",
            "=+": "collections.abc:Mapping types:MappingProxyType",
        }.items()
        for address in rows.split()
    }
}
"""Address → one sign per type argument: `+` covariant, `-` contravariant, `=` invariant, and `#` one of `str` and
`bytes`. All others are invariant."""

_DIRECT: Final = {
    "builtins": {
        "bytearray": "collections.abc:MutableSequence",
        "bytes": "collections.abc:Sequence",
        "dict": "collections.abc:MutableMapping",
        "float": "builtins:complex",  # not derived, but checkers take the one for the other (PEP 484)
        "frozenset": "collections.abc:Set",
        "int": "builtins:float",
        "list": "collections.abc:MutableSequence",
        "memoryview": "collections.abc:Sequence",
        "range": "collections.abc:Sequence",
        "set": "collections.abc:MutableSet",
        "str": "collections.abc:Sequence",
        "tuple": "collections.abc:Sequence",
    },
    "collections": {
        "ChainMap": "collections.abc:MutableMapping",
        "Counter": "builtins:dict",
        "OrderedDict": "builtins:dict",
        "UserDict": "collections.abc:MutableMapping",
        "UserList": "collections.abc:MutableSequence",
        "UserString": "collections.abc:Sequence",
        "defaultdict": "builtins:dict",
        "deque": "collections.abc:MutableSequence",
    },
    "collections.abc": {
        "ItemsView": "collections.abc:Set",
        "KeysView": "collections.abc:Set",
        "MutableMapping": "collections.abc:Mapping",
        "MutableSequence": "collections.abc:Sequence",
        "MutableSet": "collections.abc:Set",
    },
    "asyncio": {"Task": "asyncio:Future"},
    "datetime": {"datetime": "datetime:date", "timezone": "datetime:tzinfo"},
    "enum": {"Flag": "enum:Enum", "IntEnum": "enum:Enum", "IntFlag": "enum:Flag", "StrEnum": "enum:Enum"},
    "io": {
        "BufferedIOBase": "io:IOBase",
        "BufferedRandom": "io:BufferedIOBase typing:BinaryIO",
        "BufferedReader": "io:BufferedIOBase typing:BinaryIO",
        "BufferedWriter": "io:BufferedIOBase typing:BinaryIO",
        "BytesIO": "io:BufferedIOBase typing:BinaryIO",
        "FileIO": "io:RawIOBase typing:BinaryIO",
        "RawIOBase": "io:IOBase",
        "StringIO": "io:TextIOBase typing:TextIO",
        "TextIOBase": "io:IOBase",
        "TextIOWrapper": "io:TextIOBase typing:TextIO",
    },
    "pathlib": {
        "Path": "pathlib:PurePath",
        "PosixPath": "pathlib:Path pathlib:PurePosixPath",
        "PurePosixPath": "pathlib:PurePath",
        "PureWindowsPath": "pathlib:PurePath",
    },
    "typing": {"BinaryIO": "typing:IO", "TextIO": "typing:IO"},
    "zoneinfo": {"ZoneInfo": "datetime:tzinfo"},
}


def _ancestors(address: str) -> tuple[str, ...]:
    module, _, name = address.partition(":")
    direct = _DIRECT.get(module, {}).get(name, "").split()
    return tuple(dict.fromkeys(one for base in direct for one in (base, *_ancestors(base))))


ANCESTORS: Final[dict[str, tuple[str, ...]]] = {
    f"{module}:{name}": _ancestors(f"{module}:{name}") for module, rows in _DIRECT.items() for name in rows
}
"""Address of a class → those that take its instances, structural ones left out."""

LEAVES: Final = frozenset(
    f"builtins:{name}" for name in ("bool", "bytearray", "bytes", "dict", "int", "list", "set", "str")
) | (VALUES - {ancestor for ancestors in ANCESTORS.values() for ancestor in ancestors})
"""Classes whose objects are seldom of a subclass: a `list[str]` is what people have where one is wanted."""
