"""The worker: executes calls on its main thread, and is supervised through its control service."""

from __future__ import annotations

from snakebridge_guest.worker._launch import main

__all__ = ["main"]
