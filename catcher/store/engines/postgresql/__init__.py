"""PostgreSQL: the mail of several catchers in one database, with pg_trgm for finding words in it."""
