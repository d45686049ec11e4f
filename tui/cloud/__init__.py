"""The demo cloud: five task APIs on loopback, with real signatures and a life of their own."""
