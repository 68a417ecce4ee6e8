"""The probe: walks one library in the target and writes down what it sees, without judging it."""

from __future__ import annotations

from snakebridge_guest.probe._walk import main

__all__ = ["main"]
