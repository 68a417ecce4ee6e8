"""Where it is written."""


class Moved:
    """Is public somewhere else."""

    def method(self, other: "Moved") -> "Rewritten":
        pass


class Rewritten:
    """Says that it is from where it is offered."""


Rewritten.__module__ = "tricky.paths"


def helper(value: Moved) -> "Rewritten":
    pass


class Liar:
    """Says that it is from a module that does not exist."""


Liar.__module__ = "tricky.paths.nowhere"
