"""`python -m narrative` is the `narrative` command."""

from narrative.cli import main

if __name__ == "__main__":
    main()
