"""SQLite: the mail in one file, with the full-text index that comes with it."""
