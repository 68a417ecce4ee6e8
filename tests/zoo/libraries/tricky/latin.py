# -*- coding: latin-1 -*-
"""Written in Latin-1: café."""


def latin(x="café"):
    """Return a café."""
