"""Shared by all pages: site, sidebar, list state, preferences, languages, formatting, assets."""
