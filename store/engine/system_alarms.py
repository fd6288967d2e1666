"""System alarms of P1, which stand until somebody has seen them."""

from store.database.connection import Connection

_UNSEEN = """
SELECT DISTINCT a.estate_id, a.record->>'id' FROM event a
 WHERE a.kind = 'system.alarm' AND a.record->>'priority' = 'P1'
   AND NOT EXISTS (SELECT FROM event s
                    WHERE s.kind = 'system.seen' AND s.estate_id = a.estate_id AND s.seq > a.seq
                      AND s.record->>'id' = a.record->>'id')
 ORDER BY 1, 2
"""


def unseen(db: Connection) -> list[tuple[str, str]]:
    """Estate and id of each that nobody has seen."""
    return db.execute(_UNSEEN).fetchall()
