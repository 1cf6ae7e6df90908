"""A running catcher for other people's tests, and for our own."""

from catcher.testing.running import RunningCatcher, running_catcher

__all__ = ["RunningCatcher", "running_catcher"]
