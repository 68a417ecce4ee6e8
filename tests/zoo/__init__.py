"""Small odd libraries, and a target that has them: a venv without pip whose `.pth` file names their folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

LIBRARIES = Path(__file__).parent / "libraries"


def make_target(interpreter: Path, folder: Path) -> Path:
    """Make a venv that can import the zoo, and return its interpreter; the zoo's files stay where they are."""
    subprocess.run([interpreter, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "zoo.pth").write_text(f"{LIBRARIES}\n", encoding="utf-8")
    return folder / "bin" / "python"
