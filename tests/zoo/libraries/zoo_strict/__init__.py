"""What strict checkers stumble on in clients of well-known libraries; each shape was found in one of them."""

from zoo_strict.engine import engine

__all__ = ["engine"]
