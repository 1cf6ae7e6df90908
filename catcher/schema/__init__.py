"""The JSON types of the API, one module for each resource; server, clients and the OpenAPI document share them.

A name ending in `Request` is the body of a request; everything else is sent by the server. Lists are never null.
Unknown fields are ignored, so that client and server may differ in age.
"""
