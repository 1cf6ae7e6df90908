"""Records beside the messages: outbox, saved searches, SMTP sessions, API tokens."""
