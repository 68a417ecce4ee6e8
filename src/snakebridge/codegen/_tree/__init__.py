"""The tree that is written: which names, modules and files there are."""
