"""What lives in the demo cloud: one realm per source, pure of any HTTP."""
