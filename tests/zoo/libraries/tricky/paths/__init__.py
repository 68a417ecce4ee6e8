"""One object, many addresses."""

from tricky.paths._inner import Moved, Rewritten, helper
from tricky.paths.same import same

__all__ = ["Moved", "Rewritten", "helper", "same"]
