"""A worker: its process, its life, what it says, and what of the machine it may use."""
