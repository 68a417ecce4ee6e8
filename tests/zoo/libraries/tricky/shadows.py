"""Names that shadow built-in ones."""

import builtins


class bool:
    """Another one."""


def list(items: "dict", flag: "bool", real: "builtins.bool") -> "int":
    """Return how many there are."""


def takes(flag: bool, *, also: "bool", built_in: builtins.bool = True) -> "builtins.list[bool]":
    """Take the local one, twice."""


dict = 3
