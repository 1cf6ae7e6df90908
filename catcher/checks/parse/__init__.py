"""A message parsed once for all checks: HTML, CSS, styles, source lines."""
