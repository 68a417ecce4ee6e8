"""What the stubs and sources of a target say, read without importing anything."""

from snakebridge.introspect.sources._conditions import holds
from snakebridge.introspect.sources._expressions import constant
from snakebridge.introspect.sources._files import Target
from snakebridge.introspect.sources._sources import Sources
from snakebridge.introspect.sources._stated import Stated, StatedClass, StatedValue

__all__ = ["Sources", "Stated", "StatedClass", "StatedValue", "Target", "constant", "holds"]
