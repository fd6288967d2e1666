"""What can go wrong in the hub; every message names the field, the value and the remedy."""


class HubError(Exception):
    """Base of every error that `hub` raises itself."""
