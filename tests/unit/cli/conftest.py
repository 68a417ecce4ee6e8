"""The command line as people meet it: a process with streams, an exit code and a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from snakebridge.cli import main; main()"]


class Snakebridge:
    """Runs the command line in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name != "SNAKEBRIDGE_PYTHON"}

    def __call__(self, *arguments: str | Path, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
        assert "\x1b" not in done.stdout + done.stderr, "colours in a pipe"
        return done

    def refuses(self, *arguments: str | Path, **variables: str) -> str:
        """Run what cannot run; return the one sentence it says, having seen that it left the folder as it was."""
        before = self.contents()
        done = self(*arguments, code=2, **variables)
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        news = ("introspecting ", "json: unchanged since")
        complaints = [line for line in done.stderr.splitlines() if not line.startswith(news)]
        assert len(complaints) == 1, done.stderr
        assert complaints[0].startswith("error: ")
        assert self.contents() == before, "something was written"
        return complaints[0].removeprefix("error: ")

    def contents(self) -> dict[str, bytes | None]:
        """Return every path below the folder, with what is in it."""
        paths = sorted(self.folder.rglob("*"))
        return {str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else None for path in paths}


@pytest.fixture
def snakebridge(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    return Snakebridge(folder)


@pytest.fixture(scope="session")
def python() -> Path:
    """The interpreter under the test environment's own: a target that has nothing of ours installed."""
    return Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info))
