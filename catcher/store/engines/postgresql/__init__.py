"""PostgreSQL: a mailbox that several catchers can share, with pg_trgm for full-text search."""
