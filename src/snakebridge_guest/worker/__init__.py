"""The worker: executes calls on its main thread, and is supervised through its control service."""

from __future__ import annotations

from snakebridge_guest.worker._hooks import Adapter
from snakebridge_guest.worker._launch import main
from snakebridge_guest.worker._sessions import Session, current_session
from snakebridge_guest.worker._tools import Tool, ToolNotFoundError, Tools

__all__ = ["Adapter", "Session", "Tool", "ToolNotFoundError", "Tools", "current_session", "main"]
