"""Requests and responses of the API: parameters, bodies, errors, lists."""
