"""What the database holds, counted: for tests that must know that nothing is lost or twice."""

from typing import Any, LiteralString

from hub.engine.fold import fold
from rules.catalogue import rulebook
from store.database.connection import LOST, connect
from tests.rig.waiting import eventually

_READINGS = "SELECT count(*) FROM reading WHERE estate_id = %(estate)s"

# Entries that no batch has read yet, over all lanes.
_UNREAD = """
SELECT coalesce(sum(h.seq - coalesce(b.upto[h.lane + 1], 0)), 0)
  FROM inbox_head h
  LEFT JOIN LATERAL (
    SELECT upto FROM batch WHERE estate_id = h.estate_id ORDER BY no DESC LIMIT 1) b ON true
 WHERE h.estate_id = %(estate)s
"""

_UNSENT = """
SELECT count(*) FROM outbox
 WHERE estate_id = %(estate)s AND sent_at IS NULL AND failed_at IS NULL
"""

_EVENTS = """
SELECT seq, record FROM event WHERE estate_id = %(estate)s AND kind = ANY(%(kinds)s) ORDER BY seq
"""

_SEQS = "SELECT seq FROM event WHERE estate_id = %(estate)s ORDER BY seq"

_GAPS = """
SELECT count(*)
  FROM (SELECT seq - lag(seq) OVER (PARTITION BY estate_id ORDER BY seq) AS step FROM event) AS s
 WHERE step <> 1
"""

_END_LEASES = """
UPDATE outbox SET next_at = created_at
 WHERE estate_id = %(estate)s AND sent_at IS NULL AND failed_at IS NULL
"""

_INBOX_ROWS = "SELECT kind, body FROM inbox WHERE estate_id = %(estate)s AND lane > 0"


class Ledger:
    """The figures of one estate."""

    def __init__(self, dsn: str, estate: str) -> None:
        self._dsn = dsn
        self._estate = estate

    def readings(self) -> int:
        """Rows of history."""
        return int(self._query(_READINGS)[0][0])

    def rows_in_inbox(self) -> list[tuple[Any, ...]]:
        """Every reading that an engine was ever given, as (device, signal, at, value)."""
        batches = [body for kind, body in self._query(_INBOX_ROWS) if kind == "readings"]
        return [tuple(row) for body in batches for row in body["rows"]]

    def seqs(self) -> list[int]:
        """The numbers of the estate's events."""
        return [seq for (seq,) in self._query(_SEQS)]

    def records(self, *kinds: str) -> list[dict[str, Any]]:
        """The records of all events of these kinds, in order."""
        return [record for _, record in self._query(_EVENTS, kinds=list(kinds))]

    def gaps_between_events(self) -> int:
        """Numbers that are missing in the sequences of events of all estates."""
        return int(self._query(_GAPS)[0][0])

    def open_ends(self) -> dict[str, int]:
        """What is still to be done: inbox entries without effect, notices not sent."""
        return {
            "unread": int(self._query(_UNREAD)[0][0]),
            "unsent": int(self._query(_UNSENT)[0][0]),
        }

    def await_quiet(self, readings: int, *, within_s: float = 60.0) -> None:
        """Wait until this many readings are stored and all that follows from them is done."""
        state: dict[str, int] = {}

        def is_quiet() -> bool:
            try:
                state.update(readings=self.readings(), **self.open_ends())
            except LOST:
                return False
            return state["readings"] >= readings and not state["unread"] + state["unsent"]

        try:
            eventually(is_quiet, within_s=within_s)
        except AssertionError:
            raise AssertionError(f"not quiet within {within_s:g} s: {state}") from None

    def replays_exactly(self) -> bool:
        """Whether the recorded inbox, stepped from its start, gives the recorded events."""
        with connect(self._dsn, name="tests") as db:
            return fold(db, self._estate, rulebook(), from_start=True).difference is None

    def end_leases(self) -> None:
        """Let the time pass for which a dead dispatcher had taken its notices."""
        with connect(self._dsn, name="tests") as db:
            db.execute(_END_LEASES, {"estate": self._estate})

    def _query(self, query: LiteralString, **params: Any) -> list[Any]:
        with connect(self._dsn, name="tests") as db:
            return db.execute(query, {"estate": self._estate, **params}).fetchall()
