"""Objects of the other side: proxies and their classes, and what crosses between the two."""
