"""Prints, warns and rearranges the process when it is imported."""

import os
import subprocess
import sys
import warnings

print("{}", flush=True)
os.write(1, b"done\n")
os.write(2, b"noise\n")
subprocess.run(["echo", "child"], check=True)
warnings.simplefilter("error")
warnings.warn("noise", DeprecationWarning, stacklevel=1) if False else None
os.environ["ZOO_NOISE"] = "1"
os.chdir("/")
sys.stdout = None
sys.setrecursionlimit(200)
LOUD = True
