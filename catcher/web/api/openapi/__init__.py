"""API operations and the OpenAPI document made from them."""
