"""The gitlab connector."""
