"""The differential suite: one body of code, run beside the library and through the bridge, must give the same result.

`cases/` holds the bodies, in Python 3.8 without any import of ours. `alone.py` runs them in the guest's own interpreter,
without the bridge: what it prints is what must come. `test_differential.py` runs them through the bridge and compares.
"""
