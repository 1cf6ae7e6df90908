"""The page of one message, its views, and the pages that lead on from it."""
