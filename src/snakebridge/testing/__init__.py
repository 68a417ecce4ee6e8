"""For the tests of people who use snakebridge: the pytest plugin `snakebridge.testing.plugin`."""

__all__: list[str] = []
