"""Generated packages: import them, call them, catch their exceptions."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bridges import json, statistics

print(statistics.median([3, 1, 2]))
spread = statistics.NormalDist(100, 15)
print(f"{spread.mean} ± {spread.stdev}: {spread.cdf(130):.4f} below 130")
print(json.dumps({"b": [1, None], "a": True}, sort_keys=True))
try:
    json.loads("[1, oops]")
except json.JSONDecodeError as error:
    print(f"{type(error).__name__} at column {error.colno}: {error}")
