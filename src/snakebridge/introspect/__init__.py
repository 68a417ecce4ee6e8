"""From a library in a target interpreter to its manifest."""

from snakebridge.introspect._ask import Progress
from snakebridge.introspect._introspect import introspect
from snakebridge.introspect._lock import lock, read_lock, update_lock

__all__ = ["Progress", "introspect", "lock", "read_lock", "update_lock"]
