"""Backends: each module has a class `EmailBackend`, named by its dotted path in EMAIL_BACKEND or MAILERS."""
