"""Type parameters with defaults (PEP 696), deprecations (PEP 702) and read-only items (PEP 705): Python 3.13."""

import typing
import warnings


class Page[T = int, *Ts = *tuple[str, ...]]:
    def items(self) -> list[T]:
        pass


@warnings.deprecated("Use Page.")
class OldPage:
    """Is kept for a while."""


@warnings.deprecated("Use Page.items.", category=None)
def old_items(page: Page, *, limit: int = 10) -> list[int]:
    pass


class Row(typing.TypedDict):
    key: typing.ReadOnly[str]
