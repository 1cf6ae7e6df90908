"""Text of bodies: charsets, HTML to text, readable text, web addresses, placeholders, similarity."""
