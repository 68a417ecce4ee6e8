"""Texts for readers: docstrings, the README and the figures in it."""
