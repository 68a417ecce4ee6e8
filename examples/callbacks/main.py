"""Your functions and objects, used by the library over there."""

import os
import sys

import snakebridge as sb


class Shelf:
    """An ordinary class of this program; the library only ever sees a reference to it."""

    def __init__(self) -> None:
        self.books = ["Emma", "Dune"]

    def __len__(self) -> int:
        return len(self.books)


with sb.connect(python=os.environ.get("SNAKEBRIDGE_PYTHON", sys.executable)) as client:
    print(client.call("functools:reduce", lambda left, right: left * 10 + right, [1, 2, 3]))
    print(client.call("builtins:sorted", ["pear", "fig", "apple"], key=len))
    print(client.call("builtins:len", Shelf()))
