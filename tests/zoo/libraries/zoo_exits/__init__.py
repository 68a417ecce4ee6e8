"""Modules that refuse to be imported, next to one that does not."""
