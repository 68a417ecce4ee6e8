"""Settings: `[tool.snakebridge]` of pyproject.toml or snakebridge.toml, and the machine-local file beside the bridges.

The first is committed and says what is wanted; paths in it are relative to its folder. The second is written by
`snakebridge generate`, is ignored by git, and says where on this machine each library's interpreter is.
"""

from snakebridge.config._load import load
from snakebridge.config._local import LOCAL_FILE, read_local, write_local
from snakebridge.config._model import Config, LibraryConfig, PoolConfig, QueueConfig, SelectionConfig, WorkersConfig
from snakebridge.config._target import PYTHON_VARIABLE, Target, interpreter_for, target_of_pool

__all__ = [
    "LOCAL_FILE",
    "PYTHON_VARIABLE",
    "Config",
    "LibraryConfig",
    "PoolConfig",
    "QueueConfig",
    "SelectionConfig",
    "Target",
    "WorkersConfig",
    "interpreter_for",
    "load",
    "read_local",
    "target_of_pool",
    "write_local",
]
