"""A message parsed once for all checks: HTML, CSS, computed styles, source lines."""
