class _Base:
    def inherited(self, flag: bool = False) -> "Exported":
        """Defined in a class that nobody can reach."""

    def overridden(self):
        """Hidden."""

    def __len__(self):
        return 0


class Exported(_Base):
    """Public through the package only."""

    def overridden(self, more=1):
        """Shown."""

    def _private(self): ...


def exported(value: "Exported") -> "Exported":
    return value
