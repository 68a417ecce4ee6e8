"""Names that depend on where they are read."""

import sys

if sys.version_info >= (3, 9):

    def versioned(new: int) -> int:
        """Take the new one."""

else:

    def versioned(old: str) -> str:
        """Take the old one."""


if sys.platform == "win32":

    def platform_only(handle: int) -> None:
        pass

else:

    def platform_only(descriptor: int) -> None:
        pass


try:
    import tricky_is_not_installed
except ImportError:
    HAS_IT = False
else:
    HAS_IT = True


def always(x: int) -> None:
    pass
