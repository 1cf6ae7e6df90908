"""The checks view of a message."""
