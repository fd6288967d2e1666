"""The stream of several estates: each has its own numbers, and the stream a position in each."""

import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from hub.feed import streams
from store.database.connection import Connection, connect
from tests.hub.conftest import spring_a_leak
from tests.rig.estates import ESTATE, YAML, settle
from tests.rig.happenings import happen
from tests.rig.hubs import Messages, RunningHub, following, running_engine

Told = tuple[str, int]
"""An event by its estate and number."""


@pytest.fixture
def estate(estate: str, tmp_path: Path) -> str:
    """A second estate beside the first."""
    settle(estate, tmp_path, now=system_clock(), yaml=YAML.replace("harbour", "tower", 1))
    return estate


@pytest.fixture
def db(hub: RunningHub) -> Iterator[Connection]:
    with connect(hub.dsn, name="tests", autocommit=True) as db:
        yield db


def happened(db: Connection, count: int = 1, *, estate: str = ESTATE) -> None:
    with db.transaction():
        happen(db, count, estate=estate)


def told(messages: Messages) -> Told:
    event = messages.next_event()
    assert "gap" not in event, event
    return event["estate"], event["seq"]


def test_each_estate_counts_from_one_and_the_id_is_the_position_in_both(
    hub: RunningHub, db: Connection, operator: httpx.Client
) -> None:
    with following(operator, "/live") as messages:
        messages.next()
        happened(db, 2)
        assert [told(messages) for _ in range(2)] == [("harbour", 1), ("harbour", 2)]
        happened(db, estate="tower")
        assert told(messages) == ("tower", 1)
        assert messages.last_id == "harbour:2,tower:1"
    assert operator.get("/snapshot").json()["position"] == "harbour:2,tower:1"
    figures = httpx.get(f"{hub.url}/metrics").text
    for estate, last in (("harbour", 2), ("tower", 1)):
        assert f'gatehouse_live_position{{estate="{estate}"}} {last}.0' in figures


def test_a_stream_of_one_estate_carries_that_one_only(
    db: Connection, operator: httpx.Client
) -> None:
    happened(db, 3)
    happened(db, 2, estate="tower")
    query = {"estate": "tower", "after": "harbour:1,tower:1"}
    with following(operator, "/live", params=query) as messages:
        assert told(messages) == ("tower", 2)
        assert messages.last_id == "tower:2"
        happened(db)
        happened(db, estate="tower")
        assert told(messages) == ("tower", 3)
        assert messages.last_id == "tower:3"


def test_a_flood_of_one_estate_drops_no_stream_of_another(
    db: Connection, operator: httpx.Client
) -> None:
    with following(operator, "/live", params={"estate": "tower"}) as messages:
        messages.next()
        happened(db, streams.MOST_QUEUED + 1)
        happened(db, estate="tower")
        assert told(messages) == ("tower", 1)


def test_an_estate_that_the_position_does_not_name_is_read_from_its_beginning(
    db: Connection, operator: httpx.Client
) -> None:
    happened(db, 2)
    with following(operator, "/live", headers={"Last-Event-ID": "harbour:1"}) as messages:
        happened(db, 2, estate="tower")
        found = sorted(told(messages) for _ in range(3))
    assert found == [("harbour", 2), ("tower", 1), ("tower", 2)]


@pytest.mark.parametrize("position", ["harbour:2,tower:4", "harbour:2,nowhere:1", "7"])
def test_a_position_ahead_of_what_exists_in_one_estate_is_a_gap(
    db: Connection, operator: httpx.Client, position: str
) -> None:
    happened(db, 2)
    happened(db, 3, estate="tower")
    with following(operator, "/live", headers={"Last-Event-ID": position}) as messages:
        assert messages.next_event() == {"gap": {"position": "harbour:2,tower:3"}}
        assert messages.last_id == "harbour:2,tower:3"


def test_what_one_estate_no_longer_keeps_is_a_gap_for_who_follows_that_estate(
    db: Connection, operator: httpx.Client
) -> None:
    happened(db, 2)
    happened(db, 3, estate="tower")
    db.execute("DELETE FROM event WHERE estate_id = 'tower' AND seq <= 2")
    position = {"after": "harbour:1,tower:1"}
    with following(operator, "/live", params=position) as messages:
        assert messages.next_event() == {"gap": {"position": "harbour:2,tower:3"}}
    with following(operator, "/live", params={**position, "estate": "harbour"}) as messages:
        assert told(messages) == ("harbour", 2)


def test_an_id_of_the_time_of_one_count_is_resumed_once_and_a_position_from_then_on(
    db: Connection, operator: httpx.Client
) -> None:
    happened(db, 4)
    happened(db, 2, estate="tower")
    db.execute("INSERT INTO event_shared_count VALUES ('harbour', 1, 3), ('tower', 1, 2)")
    with following(operator, "/live", headers={"Last-Event-ID": "2"}) as messages:
        assert [told(messages) for _ in range(2)] == [("harbour", 3), ("harbour", 4)]
        assert messages.last_id == "harbour:4,tower:2"
    query = {"after": "2", "estate": "tower"}
    with following(operator, "/live", params=query) as messages:
        happened(db, estate="tower")
        assert told(messages) == ("tower", 3)


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("header.last-event-id", {"headers": {"Last-Event-ID": "harbour=3"}}),
        ("query.after", {"params": {"after": "harbour=3"}}),
    ],
)
def test_what_is_no_position_is_refused_by_its_name_with_a_remedy(
    operator: httpx.Client, field: str, query: dict[str, dict[str, str]]
) -> None:
    answer = operator.get("/live", **query)  # type: ignore[arg-type]
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["value"]) == (field, "harbour=3")
    assert "send the last id of the stream, such as riverside:4711" in error["remedy"]


@pytest.mark.parametrize("path", ["/live", "/snapshot"])
def test_an_estate_that_is_not_there_is_said(operator: httpx.Client, path: str) -> None:
    assert operator.get(path, params={"estate": "nowhere"}).status_code == 404


def test_a_snapshot_is_of_one_estate_where_that_is_asked_for(
    hub: RunningHub, db: Connection, operator: httpx.Client
) -> None:
    with running_engine(hub.dsn, clock=hub.clock):
        spring_a_leak(hub)
    happened(db, estate="tower")
    db.execute("UPDATE device SET state = 'offline' WHERE id = 'b1-mains'")

    def of(**query: str) -> dict[str, object]:
        whole = operator.get("/snapshot", params=query).json()
        del whole["now"], whole["storage"], whole["dead_letters"]
        return {name: value for name, value in whole.items() if value}

    every, harbour, tower = of(), of(estate="harbour"), of(estate="tower")
    last = db.execute("SELECT last_seq FROM event_head WHERE estate_id = 'harbour'").fetchone()
    assert last is not None
    names = [{"id": "tower", "name": {"en": "Harbour Court", "zh": "海港苑"}}]
    assert tower == {"position": "tower:1", "estates": names, "devices_offline": 1}
    assert harbour["position"] == f"harbour:{last[0]}"
    assert every["position"] == f"harbour:{last[0]},tower:1"
    assert (every["devices_offline"], harbour["devices_offline"]) == (2, 1)
    told = ["alarms", "incidents", "tickets", "notices"]
    assert all(harbour[name] for name in told)
    assert [every[name] for name in told] == [harbour[name] for name in told]


def test_nothing_is_lost_or_repeated_while_two_engines_commit_across_each_other(
    hub: RunningHub, operator: httpx.Client
) -> None:
    """Whoever began first commits last, and each follower breaks off and comes back ever again."""
    batches, size, every = 60, 3, 17
    whole = {estate: list(range(1, batches * size + 1)) for estate in ("harbour", "tower")}

    def follow(seed: int) -> dict[str, list[int]]:
        cut, last_id = random.Random(seed), ""
        found = defaultdict[str, list[int]](list)
        while sum(map(len, found.values())) < 2 * batches * size:
            left = min(cut.randint(1, every), 2 * batches * size - sum(map(len, found.values())))
            with following(operator, "/live", headers={"Last-Event-ID": last_id}) as messages:
                for _ in range(left):
                    estate, seq = told(messages)
                    found[estate].append(seq)
                last_id = messages.last_id or ""
        return found

    with ExitStack() as open_, ThreadPoolExecutor(4) as pool:
        engines = {e: open_.enter_context(connect(hub.dsn, name="tests")) for e in whole}
        for engine in engines.values():
            engine.execute("SET lock_timeout = '10s'")
            engine.commit()
        waiting = [pool.submit(follow, seed) for seed in range(4)]
        order = list(engines)
        for _ in range(batches):
            order.reverse()
            for estate in order:
                happen(engines[estate], size, estate=estate)
            for estate in reversed(order):
                engines[estate].commit()
        for done in waiting:
            assert done.result(60) == whole


def test_events_page_through_estate_after_estate_while_more_happen(
    db: Connection, operator: httpx.Client
) -> None:
    happened(db, 3)
    happened(db, 3, estate="tower")
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = operator.get("/events", params=query).json()
        found += [(event["estate"], event["seq"]) for event in page["items"]]
        if (cursor := page["next"]) is None:
            break
        if cursor == "harbour:2":
            happened(db, 1)
    assert found == [("harbour", n) for n in (1, 2, 3, 4)] + [("tower", n) for n in (1, 2, 3)]


def test_events_are_those_of_one_estate_or_behind_a_position(
    db: Connection, operator: httpx.Client
) -> None:
    def found(**query: str) -> list[Told]:
        items = operator.get("/events", params=query).json()["items"]
        return [(event["estate"], event["seq"]) for event in items]

    happened(db, 2)
    happened(db, 2, estate="tower")
    assert found(estate="tower") == [("tower", 1), ("tower", 2)]
    assert found(after="harbour:1,tower:2") == [("harbour", 2)]
    assert found(after="0") == found()
    refused = operator.get("/events", params={"after": "5"}).json()["errors"]
    assert (refused[0]["field"], refused[0]["value"]) == ("query.after", "5")
