"""Lists of messages: rows, bulk actions, bin, downloads."""
