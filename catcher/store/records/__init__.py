"""Records beside messages: outbox, saved searches, sessions, tokens."""
