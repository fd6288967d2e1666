"""Users and the ways in that a person at the command line hands out.

Each role has a user of its own name, made on first use and without a password: it signs in by a
one-time link until somebody sets one.
"""

from hub.auth.passwords import hashed
from hub.auth.sessions import digest, new_secret
from hub.errors import HubError
from rules.vocabulary.instant import MINUTE, SECOND, Instant
from store.database.connection import Connection, connect
from store.people import audit, credentials, users
from store.people.users import ROLES, Role

LINK_S = 15 * 60
"""How long a one-time sign-in link lives, in seconds, unless said otherwise."""


class UnknownUser(HubError):
    """There is no such user."""


def ensure_default_users(db: Connection, *, now: Instant) -> None:
    """One user per role, named as the role; existing ones stay as they are."""
    for role in ROLES:
        users.add(db, role, role, now=now)


def issue_sign_in_link(
    dsn: str, *, role: Role, public_url: str, now: Instant, lifetime_s: int = LINK_S
) -> str:
    """An address that signs its first visitor in as the role's user, for `lifetime_s` seconds."""
    with connect(dsn, name="accounts") as db:
        ensure_default_users(db, now=now)
        link = new_link(db, role, public_url=public_url, now=now, lifetime_s=lifetime_s)
        audit.append(
            db, audit.SYSTEM, "link.issue", role, {"minutes": lifetime_s * SECOND // MINUTE}, at=now
        )
    return link


def new_link(
    db: Connection, user_id: str, *, public_url: str, now: Instant, lifetime_s: int = LINK_S
) -> str:
    """An address that signs its first visitor in as the user, who exists."""
    secret = new_secret()
    expires_at = now + lifetime_s * SECOND
    credentials.add(db, digest(secret), "link", user_id, now=now, expires_at=expires_at)
    return f"{public_url.rstrip('/')}/sign-in?token={secret}"


def issue_token(dsn: str, role: Role, now: Instant, *, lasts: int | None = None) -> str:
    """An API token of the role's user, which ends after `lasts` microseconds; None: never."""
    secret = new_secret()
    with connect(dsn, name="accounts") as db:
        ensure_default_users(db, now=now)
        expires_at = None if lasts is None else now + lasts
        credentials.add(db, digest(secret), "token", role, now=now, expires_at=expires_at)
        audit.append(db, audit.SYSTEM, "token.issue", role, {}, at=now)
    return secret


def set_password(dsn: str, user_id: str, password: str, *, now: Instant) -> None:
    """Let the user sign in with this password, and end the user's open sessions.

    Raises UnusablePassword: too short or too long. Raises UnknownUser.
    """
    password_hash = hashed(password)
    with connect(dsn, name="accounts") as db:
        ensure_default_users(db, now=now)
        if not users.set_password(db, user_id, password_hash):
            raise UnknownUser(
                f"user {user_id!r}: not known; use one of {', '.join(ROLES)}, or add them on the "
                "page Staff first"
            )
        credentials.remove_sessions(db, user_id)
        audit.append(db, audit.SYSTEM, "user.set_password", user_id, {}, at=now)
