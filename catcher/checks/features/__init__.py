"""Features of HTML and CSS that mail programs treat differently, found in a message by parsing it."""

from catcher.checks.features.html import image_addresses
from catcher.checks.features.images import srcset_addresses
from catcher.checks.features.occurrences import Features, LinkedSheet, Occurrences, find_features

__all__ = ["Features", "LinkedSheet", "Occurrences", "find_features", "image_addresses", "srcset_addresses"]
