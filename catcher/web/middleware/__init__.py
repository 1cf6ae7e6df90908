"""Request handling before any route: hosts, origins, authentication, body limits, headers."""
