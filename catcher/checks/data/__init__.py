"""Data of others, kept with its licence: see `manifest.json` for where each file comes from."""
