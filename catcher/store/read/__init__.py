"""Queries: each reads in the transaction of the connection it is given and returns values."""
