"""Functions: signatures, overloads, and which may override which."""
