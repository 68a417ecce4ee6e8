"""Values of modules; none of their representations may be kept."""

import os
import sys
import time
from typing import Dict, Final

NAN = float("nan")
INFINITE = float("inf")
NEGATIVE = float("-inf")
COMPLEX = 1j
WORDS = {"delta", "alpha", "charlie", "bravo"}
FROZEN = frozenset({1, 2})
EMPTY = set()
NESTED = {"a": [1, (2, None)], "b": {"c": b"\xff"}}
LONG = list(range(10_000))
LONG_TEXT = "x" * 100_000
HUGE = 1 << 100_000
DOTS = ...
NOTHING = None
INSTANCE = object()
SHOWN = repr(INSTANCE)
FOLDER = os.path.abspath(sys.prefix)
STARTED = time.time()
LIMIT: Final[int] = 3
TABLE: Dict[str, int] = {"one": 1}
CLASS = int
