"""What all pages share: sidebar, location, preferences, formatting."""
