"""Lists of messages: rows, folding, bulk actions, the bin, downloads."""
