"""Reading several tables as they were at one instant."""

from store.database.connection import Connection

_BEGIN = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


def read_one_instant(db: Connection) -> None:
    """Let the rest of the transaction see what is committed at its next statement, only that.

    Call it before the transaction's first query.
    """
    db.execute(_BEGIN)
