"""Has stubs twice: a bundled one, and a distribution of stubs that replaces it."""

from tricky_stubbed.inner import inherited_name

__all__ = ["Child", "inherited_name", "which"]


class _Base:
    def shared(self, x):
        pass


class Child(_Base):
    def own(self, x):
        pass


def which(x):
    pass
