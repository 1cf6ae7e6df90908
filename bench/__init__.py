"""Benchmarks of catcher and its peers in one run: `python -m bench --help`. Not part of the tests."""
