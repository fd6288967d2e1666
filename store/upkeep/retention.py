"""What is deleted when: each query removes one kind of old row, a bounded number at a time.

A caller repeats a query until it removes nothing, with a commit after each. Tables that grow in
the order of time are read from their beginning only.
"""

from typing import LiteralString

from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

MOST_AT_ONCE = 10_000
"""Rows per statement: short transactions, no long locks."""

_READINGS = """
DELETE FROM reading WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM reading WHERE ts < %(before)s LIMIT %(most)s))
"""

# Behind the oldest snapshot, the state no longer needs what led to it.
_INBOX = """
WITH oldest AS (
    SELECT DISTINCT ON (s.estate_id) s.estate_id, b.upto
      FROM snapshot s JOIN batch b ON b.estate_id = s.estate_id AND b.no = s.batch_no
     ORDER BY s.estate_id, s.batch_no)
DELETE FROM inbox WHERE ctid = ANY(ARRAY(
    SELECT i.ctid FROM oldest o CROSS JOIN generate_series(0, 2) AS lane CROSS JOIN LATERAL
           (SELECT ctid, at FROM inbox
             WHERE estate_id = o.estate_id AND inbox.lane = lane.lane
               AND seq <= o.upto[lane.lane + 1] ORDER BY seq LIMIT %(most)s) i
     WHERE i.at < %(before)s LIMIT %(most)s))
"""

_BATCHES = """
WITH oldest AS (SELECT estate_id, min(batch_no) AS no FROM snapshot GROUP BY estate_id)
DELETE FROM batch WHERE ctid = ANY(ARRAY(
    SELECT b.ctid FROM oldest o CROSS JOIN LATERAL
           (SELECT ctid, now FROM batch
             WHERE estate_id = o.estate_id AND no < o.no ORDER BY no LIMIT %(most)s) b
     WHERE b.now < %(before)s LIMIT %(most)s))
"""

_EVENTS = """
DELETE FROM event WHERE ctid = ANY(ARRAY(
    SELECT e.ctid FROM event_head h CROSS JOIN LATERAL
           (SELECT ctid, recorded_at FROM event
             WHERE estate_id = h.estate_id ORDER BY seq LIMIT %(most)s) e
     WHERE e.recorded_at < %(before)s LIMIT %(most)s))
"""

_NOTICES = """
DELETE FROM notice WHERE id IN (
    SELECT n.id FROM notice n JOIN incident i ON i.id = n.incident_id
     WHERE i.state = 'closed' AND (i.record->>'closed_at')::timestamptz < %(before)s
     LIMIT %(most)s)
"""

_CALLOUTS = """
DELETE FROM callout WHERE id IN (
    SELECT c.id FROM callout c JOIN incident i ON i.id = c.incident_id
     WHERE i.state = 'closed' AND (i.record->>'closed_at')::timestamptz < %(before)s
     LIMIT %(most)s)
"""

_TICKETS = """
DELETE FROM ticket WHERE id IN (
    SELECT id FROM ticket
     WHERE opened_at < %(before)s AND (record->>'closed_at')::timestamptz < %(before)s
     LIMIT %(most)s)
"""

_ALARMS = """
DELETE FROM alarm WHERE id IN (
    SELECT a.id FROM alarm a LEFT JOIN incident i ON i.id = a.incident_id
     WHERE a.raised_at < %(before)s AND a.state = 'normal'
       AND (i.id IS NULL OR (i.record->>'closed_at')::timestamptz < %(before)s)
     LIMIT %(most)s)
"""

_INCIDENTS = """
DELETE FROM incident WHERE id IN (
    SELECT i.id FROM incident i
     WHERE i.opened_at < %(before)s AND (i.record->>'closed_at')::timestamptz < %(before)s
       AND NOT EXISTS (SELECT FROM alarm a WHERE a.incident_id = i.id)
       AND NOT EXISTS (SELECT FROM notice n WHERE n.incident_id = i.id)
       AND NOT EXISTS (SELECT FROM callout c WHERE c.incident_id = i.id)
     LIMIT %(most)s)
"""

_REVIEWS = """
DELETE FROM review WHERE id IN (
    SELECT id FROM review
     WHERE opened_at < %(before)s AND state = 'done' AND measures_open = 0 LIMIT %(most)s)
"""

_DRILLS = """
DELETE FROM drill WHERE id IN (
    SELECT id FROM drill WHERE ended_at < %(before)s LIMIT %(most)s)
"""

_SUPPRESSIONS = """
DELETE FROM suppression WHERE id IN (
    SELECT id FROM suppression WHERE ended_at < %(before)s LIMIT %(most)s)
"""

_HANDOVERS = """
DELETE FROM handover WHERE id IN (
    SELECT id FROM handover WHERE proposed_at < %(before)s AND state <> 'proposed' LIMIT %(most)s)
"""

_FLOODS = """
DELETE FROM alarm_flood WHERE id IN (
    SELECT id FROM alarm_flood WHERE ended_at < %(before)s LIMIT %(most)s)
"""

_OUTBOX = """
DELETE FROM outbox WHERE key IN (
    SELECT key FROM outbox WHERE coalesce(sent_at, failed_at) < %(before)s LIMIT %(most)s)
"""

_CREDENTIALS = """
DELETE FROM credential WHERE hash IN (
    SELECT hash FROM credential
     WHERE expires_at < %(before)s OR (kind = 'link' AND used_at < %(before)s) LIMIT %(most)s)
"""

_COMMANDS = """
DELETE FROM command WHERE (user_id, key) IN (
    SELECT user_id, key FROM command WHERE created_at < %(before)s LIMIT %(most)s)
"""

_DEAD_LETTERS = """
DELETE FROM dead_letter WHERE id IN (
    SELECT id FROM dead_letter WHERE received_at < %(before)s LIMIT %(most)s)
"""

_HOUSEHOLDS = """
DELETE FROM household WHERE (estate_id, id) IN (
    SELECT estate_id, id FROM household WHERE left_at < %(before)s LIMIT %(most)s)
"""

_ATTACHMENTS = """
DELETE FROM attachment WHERE hash IN (
    SELECT hash FROM attachment a
     WHERE touched_at < %(before)s
       AND NOT EXISTS (SELECT FROM attachment_use u WHERE u.hash = a.hash)
     LIMIT %(most)s)
"""

_RUNS = """
DELETE FROM calendar_run WHERE (job, due_at) IN (
    SELECT job, due_at FROM calendar_run WHERE ended_at < %(before)s LIMIT %(most)s)
"""

Query = LiteralString

QUERIES: dict[str, tuple[Query, ...]] = {
    "readings": (_READINGS,),
    "inbox": (_INBOX, _BATCHES),
    "records": (
        _NOTICES,
        _CALLOUTS,
        _TICKETS,
        _ALARMS,
        _INCIDENTS,
        _REVIEWS,
        _DRILLS,
        _SUPPRESSIONS,
        _FLOODS,
        _HANDOVERS,
        _EVENTS,
    ),
    "outbox": (_OUTBOX,),
    "credentials": (_CREDENTIALS,),
    "commands": (_COMMANDS,),
    "dead_letters": (_DEAD_LETTERS,),
    "households": (_HOUSEHOLDS,),
    "attachments": (_ATTACHMENTS,),
    "runs": (_RUNS,),
}
"""What can grow old, by kind; the statements of a kind in the order in which they must run."""


def remove_some(db: Connection, query: Query, *, before_at: Instant) -> int:
    """Run one of `QUERIES` once; gives how many rows it removed, `MOST_AT_ONCE` at the most."""
    params = {"before": to_datetime(before_at), "most": MOST_AT_ONCE}
    return db.execute(query, params).rowcount
