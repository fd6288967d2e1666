"""What earlier releases decided is decided again, whichever way today's code comes to its state.

A history is never edited. A change that decides otherwise on purpose adds one, whose
`departures.json` names the batches of older histories that are no longer decided as recorded.
"""

from dataclasses import replace
from typing import get_args

import msgspec
import pytest

from hub.engine.decode import decode
from hub.engine.fold import Difference, fold
from hub.engine.replay import replay
from rules import snapshot
from rules.catalogue import rulebook
from rules.commands import COMMANDS
from rules.records.incidents import IncidentKind
from rules.state.inputs import KINDS, Ordered
from store.database.connection import connect
from tests.histories import history
from tests.histories.deciding import beginning, decided_otherwise
from tests.histories.history import History
from tests.histories.stored import keep_snapshot, store

RESTART_EVERY = 500
"""Batches."""


@pytest.fixture(params=history.versions(), scope="module")
def recorded(request: pytest.FixtureRequest) -> History:
    return history.load(request.param)


@pytest.fixture(scope="module")
def newest() -> History:
    return history.load(history.versions()[-1])


def test_history_replays_exactly(recorded: History) -> None:
    departed = history.departures(recorded.version)
    assert decided_otherwise(beginning(recorded), recorded.batches) == departed


def test_history_goes_on_exactly_after_every_restart(recorded: History) -> None:
    state = beginning(recorded)
    otherwise = set[int]()
    for cut in range(0, len(recorded.batches), RESTART_EVERY):
        otherwise |= decided_otherwise(state, recorded.batches[cut : cut + RESTART_EVERY])
        state = snapshot.load(snapshot.save(state), rulebook())
    assert otherwise == history.departures(recorded.version)


def test_history_goes_on_exactly_from_the_snapshot_that_its_own_version_took(
    recorded: History,
) -> None:
    state = snapshot.load(recorded.snapshot, rulebook())
    rest = recorded.batches[recorded.snapshot_no :]
    later = {no for no in history.departures(recorded.version) if no > recorded.snapshot_no}
    assert decided_otherwise(state, rest) <= later


def test_engine_replays_the_stored_history_and_starts_from_the_stored_snapshot(
    recorded: History, database: str
) -> None:
    estate = store(database, recorded)
    replayed = replay(database, rulebook(), estate)
    assert replayed.batches == len(recorded.batches)
    assert is_known(recorded, replayed.difference)
    keep_snapshot(database, estate, recorded)
    with connect(database, name="test", autocommit=True) as db:
        folded = fold(db, estate, rulebook())
    assert folded.batches == len(recorded.batches) - recorded.snapshot_no
    assert is_known(recorded, folded.difference)


def is_known(recorded: History, difference: Difference | None) -> bool:
    departed = history.departures(recorded.version)
    return difference is None or difference.batch_no in departed


def test_batch_that_is_decided_otherwise_is_found_and_the_recorded_events_stand(
    newest: History,
) -> None:
    took = next(took for took in newest.batches if len(took.events) > 1)
    edited = replace(took, events=took.events[:1])
    upto = newest.batches[: took.batch.no - 1]
    assert decided_otherwise(beginning(newest), [*upto, edited]) == {took.batch.no}


def test_no_history_was_edited_since_it_was_recorded() -> None:
    listed = dict(line.split()[::-1] for line in history.DIGESTS.read_text().splitlines())
    files = [
        path for version in history.versions() for path in (history.FOLDER / version).iterdir()
    ]
    assert listed == {
        path.relative_to(history.FOLDER).as_posix(): history.sha256(path) for path in files
    }


def test_newest_history_has_every_command_and_each_is_carried_out(newest: History) -> None:
    """A new command needs a new history: tell of it in `story.py`, and record the next version."""
    assert set(COMMANDS) - carried_out(newest) == set()


def carried_out(recorded: History) -> set[str]:
    """The names of the commands that were not refused."""
    refused = {
        (took.batch.no, event.lane, event.inbox_seq)
        for took in recorded.batches
        for event in took.events
        if event.kind == "command.refused"
    }
    return {
        input.command.name
        for took in recorded.batches
        for entry in took.entries
        if isinstance(input := decode(entry), Ordered)
        and (took.batch.no, entry.lane, entry.seq) not in refused
    }


def test_newest_history_has_every_kind_of_input_lane_and_incident(newest: History) -> None:
    entries = [entry for took in newest.batches for entry in took.entries]
    assert {entry.kind for entry in entries} == set(KINDS)
    assert {entry.lane for entry in entries} == {0, 1, 2}
    opened = {
        msgspec.json.decode(event.record)["kind"]
        for took in newest.batches
        for event in took.events
        if event.kind == "incident.opened"
    }
    assert opened == set(get_args(IncidentKind))
