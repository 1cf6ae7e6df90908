"""The contexts of the templates: one frozen value for each page, a comment for each field, no decisions."""
