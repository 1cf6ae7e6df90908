"""The database engines: what one does its own way stands in a package of its own, and `base` says what that is."""
