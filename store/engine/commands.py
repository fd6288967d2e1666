"""Commands of people: which idempotency key led to which inbox entry, and how far engines are."""

from dataclasses import dataclass

from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

_RESERVE = """
INSERT INTO command (user_id, key, estate_id, seq, fingerprint, created_at)
VALUES (%(user)s, %(key)s, %(estate)s, 0, %(fingerprint)s, %(now)s)
ON CONFLICT (user_id, key) DO NOTHING
"""

_FIND = """
SELECT estate_id, seq, fingerprint FROM command WHERE user_id = %(user)s AND key = %(key)s
"""

_SET_SEQ = "UPDATE command SET seq = %(seq)s WHERE user_id = %(user)s AND key = %(key)s"

_READ_UPTO = """
SELECT e.id, b.upto[1]
  FROM estate e CROSS JOIN LATERAL
       (SELECT upto FROM batch WHERE estate_id = e.id ORDER BY no DESC LIMIT 1) b
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was sent before under the same key; `seq` is its number in lane 0."""

    estate_id: str
    seq: int
    fingerprint: bytes


def reserve(
    db: Connection, *, user: str, key: str, estate_id: str, fingerprint: bytes, now: Instant
) -> Sent | None:
    """Take the user's key for a new command; None where it was free, else what it was used for.

    Another transaction that holds the same key is waited for. After None, append the command
    and call `number` in the same transaction.
    """
    params = {"user": user, "key": key}
    values = {"estate": estate_id, "fingerprint": fingerprint, "now": to_datetime(now)}
    if db.execute(_RESERVE, {**params, **values}).rowcount:
        return None
    row = db.execute(_FIND, params).fetchone()
    return Sent(row[0], row[1], bytes(row[2])) if row else None


def number(db: Connection, *, user: str, key: str, seq: int) -> None:
    """Note the inbox number that the command got."""
    db.execute(_SET_SEQ, {"user": user, "key": key, "seq": seq})


def read_upto(db: Connection) -> dict[str, int]:
    """The last command that the engine has taken into account, by estate."""
    return dict(db.execute(_READ_UPTO).fetchall())
