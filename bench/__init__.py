"""Measures a mail catcher, and peers beside it in the same run: `python -m bench --help`. Not part of the tests."""
