"""Classes: their bases and members, enums and records."""
