"""A session: its life, where it sits, and how it comes back after a death."""
