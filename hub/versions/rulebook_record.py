"""Keeping a new version of an estate's rules, and telling the engine of it."""

from collections.abc import Mapping

from rules.catalogue import device_types, rulebook_from
from rules.estate.file import expand, parse
from rules.rulebook.editions import Edition, changed, parts
from rules.rulebook.rulebook import Rulebook
from rules.rulebook.writing import words_of
from rules.state.inputs import RulebookChanged
from rules.vocabulary.instant import DAY, Instant
from rules.vocabulary.reading import ReadingBatch
from rules.watching.watches import Watches
from store import rulebook
from store.database.connection import Connection
from store.engine import inbox
from store.engine.inbox import Lane
from store.estate import estates
from store.readings import history
from store.rulebook import Version

REMINDED = DAY
"""So old at most may the readings be that a changed rule is told of."""


def edition_of(version: Version) -> Edition:
    """Raises pydantic.ValidationError: this program cannot read it."""
    return Edition(rulebook_from(version.body), version.edited)


def record(
    db: Connection,
    estate: str,
    version: Version,
    before: Rulebook | None,
    after: Rulebook,
    words: Mapping[str, str | None],
) -> None:
    """Keep a version of the whole and tell the engine; `words` are the authors' own.

    A part that an earlier program did not keep by itself begins its own history here.
    """
    used, now = rulebook.used(db, estate), version.created_at
    first = {key: part for key, part in parts(after).items() if key not in used}
    news = [
        (key, used.get(key, 0) + 1, words.get(key) or (words_of(part) if part else None))
        for key, part in {**first, **changed(before, after)}.items()
    ]
    rulebook.add(db, estate, version, news)
    change = RulebookChanged(version.number, version.body)
    inbox.append(db, estate_id=estate, lane=Lane.COMMANDS, kind="rulebook", body=change, at=now)
    if before is not None:
        _remind(db, estate, before, after, now)


def _remind(db: Connection, estate: str, before: Rulebook, after: Rulebook, now: Instant) -> None:
    """Give the rules that are new or changed the last readings, which nobody may have listened to.

    So a sensor that speaks only when something changes is judged at once, not at its next word.
    """
    latest = estates.latest(db, estate)
    rules = {r.id: r for r in after.rules.values() if r != before.rules.get(r.id)}
    if latest is None or not rules:
        return
    graph = expand(parse(latest.body), device_types())
    watches = Watches(graph, after.model_copy(update={"rules": rules}))
    watches.open_all()
    points = [(device, signal) for device, signals in watches.points.items() for signal in signals]
    rows = history.newest(db, estate=estate, points=points, since=now - REMINDED)
    if rows:
        batch = ReadingBatch(now, rows)
        inbox.append(db, estate_id=estate, lane=Lane.LIVE, kind="readings", body=batch, at=now)
