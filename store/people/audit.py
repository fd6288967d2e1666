"""The audit trail: who did what to what, append-only, each row sealing the one before it.

`chain` is SHA-256 over the previous row's chain and this row's content: a row that was changed
or taken out breaks every seal behind it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from rules.vocabulary.instant import Instant, from_datetime, to_datetime, to_rfc3339
from store.database.connection import Connection

_LOCK = "SELECT pg_advisory_xact_lock(%(lock)s)"

_LAST = "SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1"

_ADD = """
INSERT INTO audit (id, at, user_id, role, action, target, detail, chain)
VALUES (%(id)s, %(at)s, %(user)s, %(role)s, %(action)s, %(target)s, %(detail)s::json, %(chain)s)
"""

_ALL = """
SELECT id, at, user_id, role, action, target, detail, chain FROM audit ORDER BY id
"""

_AUDIT_LOCK = 0x6761_7564  # "gaud"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, in which role; `system` for what the programs do themselves."""

    user: str
    role: str


SYSTEM = Actor("system", "system")


def append(
    db: Connection,
    actor: Actor,
    action: str,
    target: str,
    detail: Mapping[str, Any],
    *,
    at: Instant,
) -> None:
    """Write one row within the caller's transaction. `detail` holds ids, no personal data.

    Takes the trail's lock until the transaction ends, so do it last.
    """
    db.execute(_LOCK, {"lock": _AUDIT_LOCK})
    last = db.execute(_LAST).fetchone() or (0, b"")
    row = (last[0] + 1, to_datetime(at), actor.user, actor.role, action, target, dict(detail))
    db.execute(
        _ADD,
        {
            "id": row[0],
            "at": row[1],
            "user": actor.user,
            "role": actor.role,
            "action": action,
            "target": target,
            "detail": msgspec.json.encode(detail).decode(),
            "chain": _seal(bytes(last[1]), row),
        },
    )


def first_broken(db: Connection) -> int | None:
    """The id of the first row whose seal does not fit; None where the whole trail is intact."""
    previous, expected = b"", 1
    for *row, chain in db.execute(_ALL):
        if row[0] != expected or _seal(previous, tuple(row)) != bytes(chain):
            return int(row[0])
        previous, expected = bytes(chain), expected + 1
    return None


def _seal(previous: bytes, row: tuple[int, datetime, str, str, str, str, Any]) -> bytes:
    number, at, *rest = row
    content = msgspec.json.encode([number, to_rfc3339(from_datetime(at)), *rest], order="sorted")
    return hashlib.sha256(previous + content).digest()
