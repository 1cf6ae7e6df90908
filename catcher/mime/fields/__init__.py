"""Header fields: sections, encoded-words, addresses, dates, parameters, List-Unsubscribe."""
