"""Types: from what a manifest says to what is written."""
