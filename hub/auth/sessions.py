"""Sessions of the console and API tokens: secrets given out once, of which we keep the hash."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from rules.vocabulary.instant import HOUR, MINUTE, Instant
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.people import credentials
from store.people.users import Role

SESSION = 12 * HOUR
"""A session ends this long after it was last used."""

_EXTEND_AFTER = MINUTE


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `csrf` is what unsafe requests of a cookie session must repeat; None for tokens."""

    user: str
    role: Role
    language: Language
    csrf: str | None


def new_secret() -> str:
    """256 random bits in base64url."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a secret. It is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(secret: str) -> str:
    """The CSRF token of a session: only who holds the cookie can work it out."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def open_session(db: Connection, user_id: str, *, now: Instant) -> str:
    """A new session's secret, for its cookie."""
    secret = new_secret()
    credentials.add(db, digest(secret), "session", user_id, now=now, expires_at=now + SESSION)
    return secret


def by_session(db: Connection, secret: str, *, now: Instant) -> Principal | None:
    """Whose session this is, unless it has ended; using it moves its end."""
    holder = credentials.holder(db, digest(secret), "session", now=now)
    if holder is None:
        return None
    if holder.expires_at is not None and holder.expires_at < now + SESSION - _EXTEND_AFTER:
        credentials.extend(db, digest(secret), now=now, expires_at=now + SESSION)
    return Principal(holder.user, holder.role, holder.language, csrf_of(secret))


def by_token(db: Connection, secret: str, *, now: Instant) -> Principal | None:
    """Whose API token this is."""
    holder = credentials.holder(db, digest(secret), "token", now=now)
    return Principal(holder.user, holder.role, holder.language, None) if holder else None


def close_session(db: Connection, secret: str) -> None:
    credentials.remove(db, digest(secret))
