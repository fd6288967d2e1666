"""People who sign in: what they may do, their duties, and how they are reached, sealed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rules.records.tickets import Role as Duty
from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.database.sealed import as_column, from_column

Role = Literal["operator", "engineer", "manager", "admin"]
ROLES: tuple[Role, ...] = ("operator", "engineer", "manager", "admin")

_ONE = """
SELECT id, role, password_hash, language FROM app_user WHERE id = %(id)s AND disabled_at IS NULL
"""

_ROLES = "SELECT id, role FROM app_user WHERE id = ANY(%(ids)s)"

_ADD = """
INSERT INTO app_user (id, role, created_at) VALUES (%(id)s, %(role)s, %(now)s)
ON CONFLICT (id) DO NOTHING
"""

_SET_PASSWORD = "UPDATE app_user SET password_hash = %(hash)s WHERE id = %(id)s"  # noqa: S105

_STAFF = """
SELECT id, role, language, duties, disabled_at, created_at, name, addresses FROM app_user
"""

_DESCRIBE = """
UPDATE app_user SET role = %(role)s, language = %(language)s, duties = %(duties)s, name = %(name)s
 WHERE id = %(id)s
"""

_SET_ADDRESSES = "UPDATE app_user SET addresses = %(addresses)s WHERE id = %(id)s"

_DISABLE = """
UPDATE app_user SET disabled_at = %(now)s WHERE id = %(id)s AND disabled_at IS NULL
"""

_ENABLE = "UPDATE app_user SET disabled_at = NULL WHERE id = %(id)s AND disabled_at IS NOT NULL"

# Locked in one order, so that of two admins who disable each other one is refused.
_ADMINS = """
SELECT id FROM app_user WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class User:
    """A person who is not disabled; without `password_hash` only links and tokens let in."""

    id: str
    role: Role
    password_hash: str | None
    language: Language


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the staff, disabled or not. `name` and `addresses`, by kind, are sealed."""

    id: str
    role: Role
    language: Language
    duties: tuple[Duty, ...]
    disabled_at: Instant | None
    created_at: Instant
    name: bytes | None
    addresses: Mapping[str, bytes]


def one(db: Connection, user_id: str) -> User | None:
    """The user, unless unknown or disabled."""
    row = db.execute(_ONE, {"id": user_id}).fetchone()
    return User(*row) if row else None


def roles(db: Connection, ids: Collection[str]) -> dict[str, Role]:
    """The roles of those of `ids` who are users, disabled ones too."""
    return dict(db.execute(_ROLES, {"ids": list(ids)}).fetchall())


def add(db: Connection, user_id: str, role: Role, *, now: Instant) -> bool:
    """Add a user without a password; False where the id is taken (its role stays)."""
    params = {"id": user_id, "role": role, "now": to_datetime(now)}
    return db.execute(_ADD, params).rowcount == 1


def set_password(db: Connection, user_id: str, password_hash: str) -> bool:
    """Replace the password's hash; False where there is no such user."""
    return db.execute(_SET_PASSWORD, {"id": user_id, "hash": password_hash}).rowcount == 1


def staff(db: Connection) -> list[Member]:
    """Everybody who ever was a user, by id."""
    return [_member(row) for row in db.execute(f"{_STAFF} ORDER BY id")]


def members(db: Connection, ids: Collection[str]) -> dict[str, Member]:
    """Those of `ids` who are users, by id."""
    rows = db.execute(f"{_STAFF} WHERE id = ANY(%(ids)s)", {"ids": list(ids)})
    return {row[0]: _member(row) for row in rows}


def to_change(db: Connection, user_id: str) -> Member | None:
    """The user, whom nobody else changes until the transaction ends; None where unknown."""
    row = db.execute(f"{_STAFF} WHERE id = %(id)s FOR UPDATE", {"id": user_id}).fetchone()
    return _member(row) if row else None


def describe(
    db: Connection,
    user_id: str,
    *,
    role: Role,
    language: Language,
    duties: Sequence[Duty],
    name: bytes | None,
) -> None:
    """Replace what the user is."""
    params = {"role": role, "language": language, "duties": list(duties), "name": name}
    db.execute(_DESCRIBE, {"id": user_id, **params})


def set_addresses(db: Connection, user_id: str, addresses: Mapping[str, bytes]) -> None:
    """Replace how the user is reached."""
    db.execute(_SET_ADDRESSES, {"id": user_id, "addresses": as_column(addresses)})


def disable(db: Connection, user_id: str, *, now: Instant) -> bool:
    """Let the user in no more; False where they are disabled already."""
    return db.execute(_DISABLE, {"id": user_id, "now": to_datetime(now)}).rowcount == 1


def enable(db: Connection, user_id: str) -> bool:
    """Let the user in again; False where they are not disabled."""
    return db.execute(_ENABLE, {"id": user_id}).rowcount == 1


def lock_admins(db: Connection) -> list[str]:
    """The admins who are not disabled; nobody else changes them until the transaction ends."""
    return [row[0] for row in db.execute(_ADMINS)]


def _member(row: Sequence[Any]) -> Member:
    id_, role, language, duties, disabled_at, created_at, name, addresses = row
    ended = None if disabled_at is None else from_datetime(disabled_at)
    return Member(
        id_, role, language, tuple(duties), ended, from_datetime(created_at),
        None if name is None else bytes(name), from_column(addresses),
    )  # fmt: skip
