"""Changes: the writer thread, its queue, and the transactions that it runs."""
