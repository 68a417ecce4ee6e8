raise RuntimeError(f"no {__file__} at {object()!r}")
