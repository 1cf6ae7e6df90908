"""Inboxes and tags: names, routing, membership and counts."""
