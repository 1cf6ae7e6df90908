"""Pages about this instance: setup, settings, connections, the API reference."""
