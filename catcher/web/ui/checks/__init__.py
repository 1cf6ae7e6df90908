"""The checks view of a message: reports, link results, the client filter."""
