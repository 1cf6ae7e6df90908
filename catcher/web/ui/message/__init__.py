"""The page of one message and its views."""
