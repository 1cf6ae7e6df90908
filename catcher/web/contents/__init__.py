"""The octets of a message over HTTP: bodies, ranges, file names, thumbnails, trace fields."""
