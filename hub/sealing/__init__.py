"""Keys, and text that only they open."""
