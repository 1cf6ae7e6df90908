"""catcher: a mail catcher for development, tests and staging. This module holds the version only."""

__version__ = "0.1.0"
