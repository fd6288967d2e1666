"""The database's own clock: the one that all processes have in common."""

from rules.vocabulary.instant import Instant, from_datetime
from store.database.connection import Connection


def database_clock(db: Connection) -> Instant:
    """What the database's clock shows now, within a transaction too."""
    (row,) = db.execute("SELECT clock_timestamp()").fetchall()
    return from_datetime(row[0])
