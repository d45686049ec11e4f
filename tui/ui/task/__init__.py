"""The tabs of one task. Each turns what is known of it into lines."""
