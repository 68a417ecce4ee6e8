"""One module per theme; everything here is valid Python 3.8, and none of it is plain."""

__version__ = "1.5"
