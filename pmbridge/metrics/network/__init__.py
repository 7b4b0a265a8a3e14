"""Which work waits for which, and what that costs."""
