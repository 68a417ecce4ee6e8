"""Lists nothing."""


class Thing:
    """Has members of each rank."""

    def __init__(self, size):
        self._size = size

    def __len__(self):
        return self._size

    def undocumented(self):
        return self

    def zebra(self):
        """Documented, last by name."""

    def apple(self):
        """Documented, first by name."""

    class Part:
        """A nested class."""

        def turn(self):
            """Turn."""


def make():
    """Passed on by the root."""


def helper():
    """Not passed on."""


def _private():
    """For itself."""
