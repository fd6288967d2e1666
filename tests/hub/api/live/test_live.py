"""The live feed: every event once, in order, from wherever a client left off."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from hub.api.live import live
from hub.feed import streams
from rules.vocabulary.instant import MINUTE
from store.database.connection import Connection, connect
from tests.rig.happenings import happen
from tests.rig.hubs import Messages, RunningHub, following, new_key
from tests.rig.waiting import eventually


def write_events(db: Connection, count: int, *, padding: str = "") -> int:
    """What the engine does at the end of a batch; gives the number of the last."""
    last = happen(db, count, padding=padding)
    db.commit()
    return last


def seqs(messages: Messages, upto: int) -> list[int]:
    found: list[int] = []
    while not found or found[-1] < upto:
        found.append(messages.next_event()["seq"])
    return found


def test_a_new_stream_begins_with_the_servers_clock(operator: httpx.Client) -> None:
    with following(operator, "/live") as messages:
        kind, data = messages.next()
    assert kind == "now"
    assert data["now"].endswith("Z")


def test_events_come_as_they_happen_with_their_position_as_id(
    hub: RunningHub, operator: httpx.Client
) -> None:
    with connect(hub.dsn, name="tests") as db, following(operator, "/live") as messages:
        messages.next()
        write_events(db, 2)
        first, second = messages.next_event(), messages.next_event()
    assert (first["seq"], second["seq"]) == (1, 2)
    assert messages.last_id == "harbour:2"
    assert first.keys() == {"seq", "estate", "kind", "at", "by", "reason", "record"}
    assert operator.get("/events").json()["items"] == [first, second]


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_client_resumes_behind_its_last_event(
    hub: RunningHub, operator: httpx.Client, how: str
) -> None:
    with connect(hub.dsn, name="tests") as db:
        write_events(db, 5)
        query: dict[str, Any] = (
            {"headers": {"Last-Event-ID": "harbour:3"}}
            if how == "header"
            else {"params": {"after": "harbour:3"}}
        )
        with following(operator, "/live", **query) as messages:
            assert seqs(messages, 5) == [4, 5]
            write_events(db, 1)
            assert seqs(messages, 6) == [6]


def test_nothing_is_lost_or_repeated_where_backlog_and_feed_meet(
    hub: RunningHub, operator: httpx.Client
) -> None:
    def follow(_: int) -> list[int]:
        with following(operator, "/live", params={"after": ""}) as messages:
            return seqs(messages, 3_000)

    with connect(hub.dsn, name="tests") as db, ThreadPoolExecutor(6) as pool:
        write_events(db, 1_000)
        waiting = [pool.submit(follow, n) for n in range(6)]
        for _ in range(100):
            write_events(db, 20)
        for done in waiting:
            assert done.result(60) == list(range(1, 3_001))


@pytest.mark.usefixtures("leaking")
def test_the_snapshot_and_the_stream_behind_it_fit(operator: httpx.Client) -> None:
    snapshot = operator.get("/snapshot").json()
    assert [alarm["id"] for alarm in snapshot["alarms"]] == ["harbour-a1"]
    assert snapshot["notices"] == {"harbour-i1": 2}
    assert snapshot["storage"].startswith(("PostgreSQL", "TimescaleDB"))
    with following(operator, "/live", params={"after": snapshot["position"]}) as messages:
        operator.post("/alarms/harbour-a1/acknowledge", headers=new_key())
        event = messages.next_event()
    assert f"harbour:{event['seq'] - 1}" == snapshot["position"]
    assert event["kind"] == "alarm.acknowledged"


@pytest.mark.parametrize("after", [1_000, 20_000], ids=["too old", "of another database"])
def test_a_position_that_is_not_kept_is_a_gap(
    hub: RunningHub, operator: httpx.Client, after: int
) -> None:
    with connect(hub.dsn, name="tests") as db:
        write_events(db, 7_000)
        db.execute("DELETE FROM event WHERE seq <= 1500")
        db.commit()
    with following(operator, "/live", params={"after": f"harbour:{after}"}) as messages:
        assert messages.next_event() == {"gap": {"position": "harbour:7000"}}
        assert messages.last_id == "harbour:7000"
        with pytest.raises(EOFError):
            messages.next_event()


def test_a_long_backlog_is_a_gap(
    hub: RunningHub, operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST_BACKLOG", 10)
    with connect(hub.dsn, name="tests") as db:
        write_events(db, 11)
    with following(operator, "/live", params={"after": "harbour:0"}) as messages:
        assert messages.next_event() == {"gap": {"position": "harbour:11"}}
    with following(operator, "/live", params={"after": "harbour:1"}) as messages:
        assert messages.next_event()["seq"] == 2


def test_a_client_that_does_not_read_is_dropped_and_hurts_nobody(
    hub: RunningHub, operator: httpx.Client
) -> None:
    def dropped() -> bool:
        return "gatehouse_live_dropped 1.0" in httpx.get(f"{hub.url}/metrics").text

    token = operator.headers["Authorization"]
    port = httpx.URL(hub.url).port or 0
    with (
        connect(hub.dsn, name="tests") as db,
        following(operator, "/live") as messages,
        socket.create_connection(("127.0.0.1", port)) as slow,
    ):
        messages.next()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = f"GET /api/v1/live HTTP/1.1\r\nHost: hub\r\nAuthorization: {token}\r\n\r\n"
        slow.sendall(request.encode())
        assert b"200" in slow.recv(100)
        last = 0
        while not dropped():
            last = write_events(db, streams.MOST_QUEUED // 2, padding="x" * 2_000)
            assert seqs(messages, last)[-1] == last
            assert last < 100 * streams.MOST_QUEUED, "the slow client is never dropped"


def test_a_stream_ends_when_its_session_does(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.02)
    with hub.client("operator") as client, following(client, "/live") as messages:
        messages.next()
        with connect(hub.dsn, name="tests") as db:
            db.execute("DELETE FROM credential")
        with pytest.raises(EOFError):
            messages.next_event()


def test_keep_alives_carry_the_clock(
    hub: RunningHub, operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.02)
    with following(operator, "/live") as messages:
        first = messages.next()
        hub.clock.ahead = MINUTE
        moments = [messages.next() for _ in range(3)]
    assert all(kind == "now" for kind, _ in [first, *moments])
    assert moments[-1][1]["now"] > first[1]["now"]


def test_the_feed_goes_on_after_its_connection_died(
    hub: RunningHub, operator: httpx.Client
) -> None:
    with connect(hub.dsn, name="tests") as db, following(operator, "/live") as messages:
        messages.next()
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gatehouse-live' AND datname = current_database()"
        )
        db.commit()
        write_events(db, 3)
        assert seqs(messages, 3) == [1, 2, 3]


def test_a_database_set_back_to_an_older_state_is_a_gap(
    hub: RunningHub, operator: httpx.Client
) -> None:
    with connect(hub.dsn, name="tests") as db, following(operator, "/live") as messages:
        write_events(db, 5)
        assert seqs(messages, 5) == [1, 2, 3, 4, 5]
        db.execute("DELETE FROM event WHERE seq > 2")
        db.execute("UPDATE event_head SET last_seq = 2")
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gatehouse-live' AND datname = current_database()"
        )
        db.commit()
        assert messages.next_event() == {"gap": {"position": "harbour:2"}}


def test_closed_streams_are_forgotten(hub: RunningHub, operator: httpx.Client) -> None:
    def open_streams(count: int) -> bool:
        wanted = f'gatehouse_live_streams{{kind="console"}} {count:.1f}'
        return wanted in httpx.get(f"{hub.url}/metrics").text

    with connect(hub.dsn, name="tests") as db:
        with following(operator, "/live") as messages:
            messages.next()
            eventually(lambda: open_streams(1), what="one stream")
        write_events(db, 1)
        eventually(lambda: open_streams(0), what="no stream")
