"""Sessions, one-time links and API tokens. Only the SHA-256 of each secret is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.people.users import Role

Kind = Literal["session", "link", "token"]

_ADD = """
INSERT INTO credential (hash, kind, user_id, created_at, expires_at)
VALUES (%(hash)s, %(kind)s, %(user)s, %(now)s, %(expires)s)
"""

_HOLDER = """
SELECT u.id, u.role, u.language, c.expires_at
  FROM credential c JOIN app_user u ON u.id = c.user_id
 WHERE c.hash = %(hash)s AND c.kind = %(kind)s AND u.disabled_at IS NULL
   AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
"""

_EXTEND = """
UPDATE credential SET expires_at = %(expires)s, used_at = %(now)s WHERE hash = %(hash)s
"""

_USE_ONCE = """
UPDATE credential SET used_at = %(now)s
 WHERE hash = %(hash)s AND kind = 'link' AND used_at IS NULL AND expires_at > %(now)s
   AND user_id IN (SELECT id FROM app_user WHERE disabled_at IS NULL)
RETURNING user_id
"""

_REMOVE = "DELETE FROM credential WHERE hash = %(hash)s"

_REMOVE_SESSIONS = "DELETE FROM credential WHERE user_id = %(user)s AND kind IN ('session', 'link')"

_REMOVE_ALL = "DELETE FROM credential WHERE user_id = %(user)s"

_OF_USER = """
SELECT id, kind, created_at, expires_at, used_at FROM credential
 WHERE user_id = %(user)s AND (expires_at IS NULL OR expires_at > %(now)s)
   AND NOT (kind = 'link' AND used_at IS NOT NULL)
 ORDER BY created_at DESC, id DESC LIMIT 200
"""

_REVOKE = "DELETE FROM credential WHERE user_id = %(user)s AND id = %(id)s RETURNING kind"


@dataclass(frozen=True, slots=True)
class Credential:
    """A way in that is open, without its secret. `used_at` is when a session was last extended."""

    id: int
    kind: Kind
    created_at: Instant
    expires_at: Instant | None
    used_at: Instant | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose credential it is, and until when; tokens end only when they are removed."""

    user: str
    role: Role
    language: Language
    expires_at: Instant | None


def add(
    db: Connection,
    digest: bytes,
    kind: Kind,
    user_id: str,
    *,
    now: Instant,
    expires_at: Instant | None,
) -> None:
    """Keep the hash of a new secret of `user_id`."""
    params = {
        "hash": digest,
        "kind": kind,
        "user": user_id,
        "now": to_datetime(now),
        "expires": None if expires_at is None else to_datetime(expires_at),
    }
    db.execute(_ADD, params)


def holder(db: Connection, digest: bytes, kind: Kind, *, now: Instant) -> Holder | None:
    """Who holds this credential, unless unknown, expired, or of a disabled user."""
    params = {"hash": digest, "kind": kind, "now": to_datetime(now)}
    row = db.execute(_HOLDER, params).fetchone()
    if row is None:
        return None
    return Holder(row[0], row[1], row[2], None if row[3] is None else from_datetime(row[3]))


def extend(db: Connection, digest: bytes, *, now: Instant, expires_at: Instant) -> None:
    """Move a session's end."""
    params = {"hash": digest, "now": to_datetime(now), "expires": to_datetime(expires_at)}
    db.execute(_EXTEND, params)


def use_once(db: Connection, digest: bytes, *, now: Instant) -> str | None:
    """Spend a one-time link: its user, or None where it is unknown, spent or expired."""
    row = db.execute(_USE_ONCE, {"hash": digest, "now": to_datetime(now)}).fetchone()
    return str(row[0]) if row else None


def remove(db: Connection, digest: bytes) -> None:
    db.execute(_REMOVE, {"hash": digest})


def remove_sessions(db: Connection, user_id: str) -> None:
    """End every session and one-time link of a user; API tokens stay."""
    db.execute(_REMOVE_SESSIONS, {"user": user_id})


def remove_all(db: Connection, user_id: str) -> None:
    """End every session, one-time link and API token of a user."""
    db.execute(_REMOVE_ALL, {"user": user_id})


def of_user(db: Connection, user_id: str, *, now: Instant) -> list[Credential]:
    """The user's ways in that are open, the newest 200 first."""
    found: list[Credential] = []
    for id_, kind, created_at, expires_at, used_at in db.execute(
        _OF_USER, {"user": user_id, "now": to_datetime(now)}
    ):
        ends, used = _instant(expires_at), _instant(used_at)
        found.append(Credential(id_, kind, from_datetime(created_at), ends, used))
    return found


def revoke(db: Connection, user_id: str, credential: int) -> Kind | None:
    """End one of the user's ways in: of which kind it was, None where there is none."""
    row = db.execute(_REVOKE, {"user": user_id, "id": credential}).fetchone()
    return row[0] if row else None


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else from_datetime(moment)
