"""Run the cases beside the library, with no bridge: `python alone.py FOLDER OUTPUT` writes each outcome as JSON.

FOLDER holds the libraries of the suite; the interpreter is the target's own, so that its messages are what must come.
"""

import importlib
import json
import os
import sys

# The folder of this script is first on the path; what is imported must be the package, as everywhere else.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from differential.cases import CASES, LIBRARY  # noqa: E402 - needs the path
from differential.outcomes import outcome  # noqa: E402
from differential.registry import fresh  # noqa: E402


def main(folder: str, output: str) -> None:
    """Write the outcome of every case that this version has."""
    sys.path.append(folder)
    outcomes = {}
    for case in CASES.values():
        if sys.version_info[:2] >= case.since:
            outcomes[case.name] = outcome(case.body, importlib.import_module)
            if case.alters:
                fresh(LIBRARY)
    with open(output, "w", encoding="utf-8") as file:
        json.dump(outcomes, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
