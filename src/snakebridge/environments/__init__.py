"""Foreign interpreters: find them, describe them, provision them, start the guest in them."""

from snakebridge.environments._cache import cache_root
from snakebridge.environments._describe import describe
from snakebridge.environments._files_only import unpacked
from snakebridge.environments._find import find
from snakebridge.environments._launch import guest_command, guest_environment, guest_folder
from snakebridge.environments._model import Interpreter, Overlay
from snakebridge.environments._overlay import overlay
from snakebridge.environments._provision import provision

__all__ = [
    "Interpreter",
    "Overlay",
    "cache_root",
    "describe",
    "find",
    "guest_command",
    "guest_environment",
    "guest_folder",
    "overlay",
    "provision",
    "unpacked",
]
