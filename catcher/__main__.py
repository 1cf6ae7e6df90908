"""`python -m catcher`."""

from catcher.cli import main

if __name__ == "__main__":
    main(prog_name="catcher")
