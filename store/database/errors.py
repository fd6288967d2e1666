"""What can go wrong in the database room; every message ends with the remedy."""


class StoreError(Exception):
    """Base of every error that `store` raises itself."""
