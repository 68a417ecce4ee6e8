"""A pool: who gets a worker, how many there are, and what happens when one dies."""
