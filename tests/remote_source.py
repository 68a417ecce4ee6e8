"""Puts source text into a worker as a module, so that a test shows what runs over there."""

from __future__ import annotations


def make_module(client, source: str):
    """Return a module with this source over there."""
    code = f"import sys, types\nmade = sys.modules['made'] = types.ModuleType('made')\nexec({source!r}, made.__dict__)"
    client.call("builtins:exec", code)
    return client.module("made")
