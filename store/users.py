"""People who sign in, and what they may do."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from rules.instant import Instant, to_datetime
from rules.text import Language
from store.connection import Connection

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


@dataclass(frozen=True, slots=True)
class User:
    """A person who is not disabled; without `password_hash` only links and tokens let in."""

    id: str
    role: Role
    password_hash: str | None
    language: Language


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
