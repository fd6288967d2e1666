"""Passwords by Argon2id, with the parameters of RFC 9106 that argon2-cffi proposes."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.errors import HubError

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)  # each hash takes 64 MiB and a core's whole attention


class UnusablePassword(HubError):
    """The password cannot be taken; the message says what would be."""


def hashed(password: str) -> str:
    """The hash to keep. Raises UnusablePassword: too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UnusablePassword(
            f"password has {len(password)} characters: use {SHORTEST} to {LONGEST}"
        )
    with _at_once:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; takes as long for a user who is unknown or has none (None)."""
    with _at_once:
        try:
            _hasher.verify(password_hash or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
