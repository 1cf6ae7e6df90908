"""SQLite: a mailbox in one file, with the full-text index that is built in."""
