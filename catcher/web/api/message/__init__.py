"""The resources of one message."""
