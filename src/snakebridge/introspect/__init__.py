"""From a library in a target interpreter to its manifest."""

from snakebridge.introspect._ask import Progress
from snakebridge.introspect._introspect import introspect
from snakebridge.introspect._lock import lock, read_lock, update_lock
from snakebridge.introspect._plan import Plan, Saving, plan
from snakebridge.introspect._selection import DEFAULTS, Options

__all__ = [
    "DEFAULTS",
    "Options",
    "Plan",
    "Progress",
    "Saving",
    "introspect",
    "lock",
    "plan",
    "read_lock",
    "update_lock",
]
