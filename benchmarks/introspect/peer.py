"""The best peer of today on the same library: griffe loads it, follows its aliases and writes it as `griffe dump` does.

`peer.py LIBRARY GRIFFE OUT.json` runs in the target; `GRIFFE` is the folder where griffe is installed.
"""

import json
import logging
import sys
from pathlib import Path


def main(library: str, place: str, out: str) -> None:
    sys.path.append(place)
    import griffe

    logging.disable(logging.CRITICAL)
    loader = griffe.GriffeLoader(allow_inspection=True)
    loaded = loader.load(library, try_relative_path=False)
    loader.resolve_aliases(implicit=False, external=None)
    text = json.dumps({library: loaded}, cls=griffe.JSONEncoder, indent=2, full=False, sort_keys=True)
    Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
