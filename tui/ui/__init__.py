"""Screens, widgets and keys. Knows model, store, view and query; never an adapter, never the network."""
