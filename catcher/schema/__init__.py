"""The JSON types of the API, for server and client."""
