"""Generates the messages of the wire contract; `--check` compares instead of writing.

The generator is grpcio-tools 1.64: its messages load on protobuf 3.20 to 7, those of later ones do not.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SOURCE = ROOT / "snakebridge" / "v1" / "control.proto"
TARGET = ROOT.parent / "src" / "snakebridge_guest" / "wire" / "control_pb2.py"


def generate() -> str:
    """Return the generated module's text."""
    from grpc_tools import protoc  # noqa: PLC0415 - absent where it has no wheel

    with tempfile.TemporaryDirectory() as folder:
        status = protoc.main(["protoc", f"-I{ROOT}", f"--python_out={folder}", str(SOURCE)])
        if status:
            raise SystemExit(status)
        return (Path(folder) / "snakebridge" / "v1" / "control_pb2.py").read_text(encoding="utf-8")


def main() -> int:
    """Write or compare."""
    if importlib.util.find_spec("grpc_tools") is None:
        sys.stdout.write("protocol: not checked, grpcio-tools 1.64 has no wheel for this Python\n")
        return 0
    text = generate()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8", newline="\n")
    elif TARGET.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{TARGET.name} is stale; run `python proto/generate.py`\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
