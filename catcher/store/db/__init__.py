"""The database itself: tables, column encoding, blobs, schema versions."""
