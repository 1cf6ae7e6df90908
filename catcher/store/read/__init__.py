"""Queries: functions that read in the transaction of a connection and return values."""
