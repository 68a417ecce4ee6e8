"""A browsable reference of what was generated: static pages that need no network and no server."""

from snakebridge.pages._site import Site, build
from snakebridge.pages._write import write

__all__ = ["Site", "build", "write"]
