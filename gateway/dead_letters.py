"""Dead letters: count them, list them, and replay them once what they lacked is there.

`python -m gateway.dead_letters count | list | replay [--reason 'unknown device']`
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace

import psycopg

from gateway import registry
from gateway.commit import commit
from gateway.errors import TooLarge
from gateway.intake import take
from gateway.message import Message
from gateway.settings import GatewaySettings
from rules.estate.device_types import DeviceTypes, device_types
from rules.vocabulary.instant import Instant, to_rfc3339
from store.database.connection import Connection, connect
from store.readings import dead_letters

PAGE = 500
"""Letters in one transaction."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many letters were understood now, and how many are still refused."""

    understood: int = 0
    refused: int = 0


def replay(db: Connection, types: DeviceTypes, *, reason: str | None, now: Instant) -> Replayed:
    """Take every waiting letter, or those of one reason, as if it arrived when it first did.

    What was taken of a message before changes nothing now, and readings that are late by now go
    to the backfill lane. A letter that is still refused stays, under its present reason. A
    payload that was too large to keep whole cannot be replayed.
    """
    total, after = Replayed(), 0
    while letters := dead_letters.open_(db, reason=reason, after=after, limit=PAGE):
        after = letters[-1].id
        whole = [stored for stored in letters if stored.letter.reason != TooLarge.reason]
        refused = _replay_page(db, types, whole, now) + len(letters) - len(whole)
        total = replace(
            total,
            understood=total.understood + len(letters) - refused,
            refused=total.refused + refused,
        )
    return total


def _replay_page(
    db: Connection, types: DeviceTypes, letters: list[dead_letters.Stored], now: Instant
) -> int:
    """How many of `letters` are still refused. All of the page is one transaction."""
    messages = {
        stored.id: Message(stored.letter.topic, stored.letter.payload, stored.letter.received_at)
        for stored in letters
    }
    with db.transaction():
        known = registry.read(db, types)
        receipt = commit(db, take(messages.values(), known, known.online), now=now)
        refused = {id(message) for message, _ in receipt.refused}
        understood = [number for number, message in messages.items() if id(message) not in refused]
        dead_letters.mark_replayed(db, understood, now=now)
    return len(letters) - len(understood)


def main() -> int:
    """Do what the command line says; one sentence on standard error when the database is away."""
    parser = argparse.ArgumentParser(prog="python -m gateway.dead_letters", description=__doc__)
    parser.add_argument("action", choices=["count", "list", "replay"])
    parser.add_argument("--reason", help="only letters of this reason, such as 'unknown device'")
    parser.add_argument("--limit", type=int, default=100, help="most letters to list (100)")
    options = parser.parse_args()
    try:
        with connect(GatewaySettings().database_url, name="dead-letters", autocommit=True) as db:
            _act(db, options)
    except psycopg.OperationalError as error:
        sys.stderr.write(f"dead letters: {str(error).strip()}; check GATEHOUSE_DATABASE_URL\n")
        return 1
    return 0


def _act(db: Connection, options: argparse.Namespace) -> None:
    if options.action == "count":
        for reason, number in dead_letters.counts(db).items():
            if options.reason in (None, reason):
                sys.stdout.write(f"{number}\t{reason}\n")
    elif options.action == "list":
        waiting = dead_letters.open_(db, reason=options.reason, after=0, limit=options.limit)
        for stored in waiting:
            sys.stdout.write(json.dumps(_shown(stored), ensure_ascii=False) + "\n")
    else:
        now = time.time_ns() // 1000
        done = replay(db, device_types(), reason=options.reason, now=now)
        sys.stdout.write(f"{done.understood} understood, {done.refused} still refused\n")


def _shown(stored: dead_letters.Stored) -> dict[str, object]:
    letter = stored.letter
    return {
        "id": stored.id,
        "received_at": to_rfc3339(letter.received_at),
        "topic": letter.topic,
        "reason": letter.reason,
        "detail": letter.detail,
        "payload": letter.payload.decode("utf-8", "backslashreplace"),
    }


if __name__ == "__main__":
    sys.exit(main())
