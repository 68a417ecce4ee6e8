"""`python -m snakebridge`: the command line without its script."""

from snakebridge.cli import main

if __name__ == "__main__":
    main()
