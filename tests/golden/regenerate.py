"""Write `tree/` anew after a change of the generator; read the diff before you commit it."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import menagerie  # noqa: E402

from snakebridge.codegen import render, write  # noqa: E402

if __name__ == "__main__":
    done = write(render(menagerie.manifest()), HERE / "tree", library="zoo")
    sys.stdout.write(f"{len(done.created)} created, {len(done.changed)} changed, {len(done.removed)} removed\n")
