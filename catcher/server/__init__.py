"""A whole catcher, built from its settings, started and stopped."""
