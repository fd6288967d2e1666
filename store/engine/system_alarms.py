"""System alarms of P1, which stand until somebody has seen them."""

from msgspec import Struct

from rules.vocabulary.instant import from_datetime, to_rfc3339
from store.database.connection import Connection

_UNSEEN = """
SELECT DISTINCT ON (a.estate_id, a.record->>'id')
       a.estate_id, a.record->>'id', a.record->>'detail', a.at
  FROM event a
 WHERE a.kind = 'system.alarm' AND a.record->>'priority' = 'P1'
   AND NOT EXISTS (SELECT FROM event s
                    WHERE s.kind = 'system.seen' AND s.estate_id = a.estate_id AND s.seq > a.seq
                      AND s.record->>'id' = a.record->>'id')
 ORDER BY a.estate_id, a.record->>'id', a.seq DESC
"""


class Unseen(Struct, frozen=True):
    """A system alarm as it was last told, at the RFC 3339 time `at`."""

    estate: str
    id: str
    detail: str
    at: str


def unseen(db: Connection) -> list[Unseen]:
    """Those that nobody has seen."""
    return [
        Unseen(estate, id_, detail, to_rfc3339(from_datetime(at)))
        for estate, id_, detail, at in db.execute(_UNSEEN)
    ]
