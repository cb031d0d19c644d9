"""Sessions, and how values show themselves."""
