"""Signatures as pure functions: canonical request -> string to sign -> authorization. No clock, no I/O."""
