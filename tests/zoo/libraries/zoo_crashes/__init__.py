"""Modules that end the interpreter."""
