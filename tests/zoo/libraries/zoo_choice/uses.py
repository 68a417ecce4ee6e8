"""Imports a function for its own use, at a shorter address than its home."""

from zoo_choice.deep.deeper import deepest


def use():
    """Use it."""
    return deepest()
