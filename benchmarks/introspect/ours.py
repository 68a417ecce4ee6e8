"""One introspection as a program of its own: `ours.py LIBRARY PYTHON OUT.json [--refresh] [PATTERN...]`.

It uses the public interface alone and loads nothing else, so that time and memory are those of introspection.
"""

import sys
from pathlib import Path

from snakebridge import manifest
from snakebridge.errors import SnakebridgeError
from snakebridge.introspect import Options, introspect


def main(library: str, python: str, out: str, *rest: str) -> None:
    include = tuple(one for one in rest if one != "--refresh")
    options = Options(refresh="--refresh" in rest, selection=manifest.Selection(include=include))
    try:
        made = introspect(library, Path(python), options=options)
    except SnakebridgeError as error:
        sys.exit(str(error))
    manifest.write(made, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
