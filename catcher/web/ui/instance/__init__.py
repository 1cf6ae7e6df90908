"""Pages about this catcher: setup, settings, connections, API reference."""
