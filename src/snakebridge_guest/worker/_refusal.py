# What the worker itself refuses. The host turns each into its own exception by `snakebridge_code`.
from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the children are answers of the worker, not faults of the library
    """A request that the worker answers itself."""

    snakebridge_code = "refused"


class Refused(Refusal):
    """No adapter names what was called."""


class Stale(Refusal):
    """The object behind a reference is gone."""

    snakebridge_code = "stale"


class Unreadable(Refusal):
    """A value that arrived cannot be made here."""

    snakebridge_code = "unreadable"


class Full(Refusal):
    """There are as many references as there may be."""

    snakebridge_code = "full"


class Misused(Refusal):
    """How the call is to be made does not fit what is called."""

    snakebridge_code = "misused"
