"""A call: from the request to its outcome, the ways to make one, and the ways to end it."""
