"""Annotations in every spelling; valid Python 3.8."""
