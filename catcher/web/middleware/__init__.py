"""ASGI middleware: hosts, origins, authentication, body limits, default header fields."""
