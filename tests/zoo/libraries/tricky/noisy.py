"""Does what no import should do."""

import os
import sys
import warnings

print("printed by an import")
os.write(1, b"written past Python\n")
sys.stderr.write("an error\n")
warnings.warn("an import warns", stacklevel=1)
os.environ["TRICKY_WAS_HERE"] = "1"


def still_here(x):
    pass
