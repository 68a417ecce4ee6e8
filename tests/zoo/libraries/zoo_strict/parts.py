"""Another module with what is named as a module (gevent's `testing.params`)."""

from zoo_strict.engine import engine

__all__ = ["engine"]
