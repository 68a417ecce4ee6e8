"""Models of the libraries that make classes from annotations."""
