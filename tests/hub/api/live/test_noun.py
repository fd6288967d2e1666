"""A noun is described once, and goes the whole way: state, snapshot, table, API and stream."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from hub.api.http.records import model_of
from rules import snapshot
from rules.catalogue import rulebook
from rules.records.events import Event
from rules.records.noun import Deadlines, Noun, Table
from rules.records.nouns import NOUNS
from rules.state.adopting import adopt, retract
from rules.state.state import State
from rules.state.work import Work
from rules.vocabulary.instant import HOUR, SECOND, Instant, to_rfc3339
from store.database.connection import Connection, connect
from store.engine import current_state
from store.engine.projections import Caused, announce, write_events, write_state
from tests.rig.estates import ESTATE
from tests.rig.hubs import RunningHub, following

NOW = 1_795_000_000 * SECOND

TABLE = """
CREATE TABLE lantern (id text PRIMARY KEY, estate_id text NOT NULL, colour text NOT NULL,
                      lit_at timestamptz NOT NULL, out_at timestamptz, record json NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Lantern:
    """Burns from `lit_at` on, for an hour unless somebody puts it out."""

    id: str
    estate: str
    klass: str
    lit_at: Instant
    out_at: Instant | None = None


def _deadlines(lantern: Lantern) -> Deadlines:
    return {("burnt_down", lantern.id): lantern.lit_at + HOUR} if lantern.out_at is None else {}


LANTERN = Noun(
    "lantern",
    Lantern,
    ("lit",),
    begins="lit",
    letter="l",
    stands=lambda lantern: lantern.out_at is None,
    deadlines=_deadlines,
    table=Table(
        "lantern",
        ("lit_at", "out_at"),
        {"colour": lambda lantern: lantern.klass},
        since="lit_at",
        standing=("out_at", ()),
    ),
)


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    NOUNS.append(LANTERN)
    yield
    NOUNS.remove(LANTERN)


@pytest.fixture
def work() -> Work:
    return Work(State.empty(ESTATE, rulebook()), NOW)


@pytest.fixture
def db(hub: RunningHub) -> Iterator[Connection]:
    with connect(hub.dsn, name="tests", autocommit=True) as db:
        db.execute(TABLE)
        yield db


def lit(work: Work) -> Lantern:
    lantern = Lantern(work.state.new_id(LANTERN.letter), ESTATE, "red", NOW)
    work.emit("lantern.lit", lantern, by="operator")
    return lantern


def put_out(work: Work, lantern: Lantern) -> Lantern:
    out = replace(lantern, out_at=NOW + SECOND)
    work.emit("lantern.put_out", out, by="operator")
    return out


def test_it_is_kept_while_it_stands_and_its_deadline_runs(work: Work) -> None:
    lantern = lit(work)
    assert work.state.standing(LANTERN) == {lantern.id: lantern}
    assert work.state.timers.running == {("burnt_down", lantern.id): NOW + HOUR}
    put_out(work, lantern)
    assert not work.state.standing(LANTERN)
    assert not work.state.timers.running


def test_snapshot_holds_it(work: Work) -> None:
    lantern = lit(work)
    restored = snapshot.load(snapshot.save(work.state), rulebook())
    assert restored.standing(LANTERN) == {lantern.id: lantern}


def test_one_that_another_run_lit_keeps_its_number_and_one_never_recorded_is_gone(
    work: Work,
) -> None:
    adopt(work.state, Lantern(f"{ESTATE}-l6", ESTATE, "red", NOW))
    lantern = lit(work)
    assert lantern.id == f"{ESTATE}-l7"
    retract(work.state, work.events[-1])
    assert list(work.state.standing(LANTERN)) == [f"{ESTATE}-l6"]


def test_table_tells_it_and_it_is_read_back_while_it_stands(work: Work, db: Connection) -> None:
    lantern, other = lit(work), lit(work)
    put_out(work, other)
    write_state(db, _caused(work.events))
    rows = db.execute("SELECT id, colour, out_at IS NULL FROM lantern ORDER BY id").fetchall()
    assert rows == [(lantern.id, "red", True), (other.id, "red", False)]
    assert current_state.records(db, ESTATE, since_at=NOW) == [lantern]
    assert current_state.numbers(db, ESTATE) == {"l": 2}


def test_api_and_stream_tell_it(work: Work, db: Connection, operator: httpx.Client) -> None:
    lantern = lit(work)
    told = {"id": lantern.id, "estate": ESTATE, "class": "red", "lit_at": to_rfc3339(NOW)}
    with following(operator, "/live") as messages:
        messages.next()
        with db.transaction():
            seqs = write_events(db, ESTATE, 1_000, NOW, _caused(work.events))
            assert seqs is not None
            announce(db, ESTATE, last_seq=seqs[1], commands_upto=0)
        streamed = messages.next_event()
    assert streamed["kind"] == "lantern.lit"
    assert streamed["record"] == {**told, "out_at": None}
    assert operator.get("/events").json()["items"][-1] == streamed
    described = model_of(Lantern).model_json_schema()
    assert described["properties"].keys() == streamed["record"].keys()
    assert described["properties"]["lit_at"]["format"] == "date-time"


def _caused(events: list[Event]) -> list[Caused]:
    return [Caused(event, None) for event in events]
