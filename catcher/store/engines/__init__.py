"""The database engines: `base` is their interface, and each has a package of its own."""
