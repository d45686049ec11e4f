"""The wire: one front per API, from a signed request to the bytes of an answer."""
