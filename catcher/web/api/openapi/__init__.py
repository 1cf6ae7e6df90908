"""Operations of the API, and the OpenAPI document generated from them."""
