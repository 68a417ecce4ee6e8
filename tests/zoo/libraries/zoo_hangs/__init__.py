"""One module never comes back, and another one imports it."""
