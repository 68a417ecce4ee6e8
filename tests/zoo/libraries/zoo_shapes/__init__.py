"""One of each kind of thing."""

from zoo_shapes import _hidden, classes, functions
from zoo_shapes._hidden import Exported, exported
from zoo_shapes.classes import Colour as Color
from zoo_shapes.classes import Failure, Point

__all__ = ["Color", "Exported", "Failure", "Point", "classes", "exported", "functions", "ordered", "ratio"]
__version__ = "4.2"

from collections import OrderedDict as ordered

ratio = 0.5
_secret = 1
