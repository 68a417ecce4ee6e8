"""The half of snakebridge that runs inside the target interpreter: Python 3.8+, nothing but the standard library.

It is started by the path of its `__main__.py` and is never installed into the target.
"""
