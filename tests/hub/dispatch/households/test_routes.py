"""From a notice to its ways: what the household has, wants and may be woken with."""

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any

import pytest

from hub.clock import system_clock
from hub.dispatch.households.routes import steps_for
from hub.dispatch.registry import of_side
from hub.people.sealed_contacts import Contact
from rules.catalogue import rulebook
from rules.records.notices import Channel, Urgency
from rules.vocabulary.instant import HOUR, from_datetime, to_datetime
from store.database.connection import Connection, Pool, connect, open_pool
from store.estate.household_contacts import Relation
from store.estate.households import Reach, Reachable
from tests.hub.dispatch.conftest import route
from tests.rig.contacts import PHONE, enter
from tests.rig.hubs import ShiftedClock

POLICY = rulebook().notice_policy
SET_UP = frozenset(of_side("households"))


def person(n: int = 1, relation: Relation = "resident", has: str = "phone mail chat") -> Reachable:
    return Reachable(n, relation, has.split())


EVERYTHING = Reach("zh", has_push=True, contacts=[person()])


def ways(urgency: Urgency, reach: Reach, channels: Set[Channel] = SET_UP) -> list[str]:
    return [way.step.channel for way in steps_for(POLICY, urgency, reach, channels)]


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        ("N1", ["resident_page", "web_push", "webhook", "sms", "voice", "chat", "mail"]),
        ("N2", ["resident_page", "web_push", "webhook", "sms", "chat", "mail", "voice"]),
        ("N3", ["resident_page", "web_push", "webhook", "chat", "mail"]),
        ("N4", ["resident_page", "web_push", "webhook"]),
    ],
)
def test_each_urgency_has_its_ways(urgency: Urgency, expected: list[str]) -> None:
    assert ways(urgency, EVERYTHING) == expected


def test_call_follows_at_once_for_life_and_after_ten_unread_minutes_for_damage() -> None:
    def call(urgency: Urgency) -> tuple[float, bool]:
        (step,) = [s for s in POLICY.urgencies[urgency].steps if s.channel == "voice"]
        return step.after_s, step.unless_reached

    assert call("N1") == (0, False)
    assert call("N2") == (600, True)
    later = [s for s in POLICY.urgencies["N1"].steps if s.after_s]
    assert {(s.after_s, s.unless_reached) for s in later} == {(60, True)}


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        ("", ["resident_page", "webhook"]),
        ("phone", ["resident_page", "webhook", "sms", "voice"]),
        ("mail", ["resident_page", "webhook", "mail"]),
    ],
)
def test_only_what_a_household_has_is_tried(has: str, expected: list[str]) -> None:
    assert ways("N1", Reach(contacts=[person(has=has)])) == expected


def test_every_contact_is_told_by_each_channel_that_it_has_and_the_household_once() -> None:
    reach = Reach(contacts=[person(1, has="phone"), person(4, "owner", has="phone mail")])
    told = [(way.step.channel, way.contact) for way in steps_for(POLICY, "N1", reach, SET_UP)]
    assert told == [
        ("resident_page", None), ("webhook", None), ("sms", 1), ("sms", 4), ("voice", 1),
        ("voice", 4), ("mail", 4),
    ]  # fmt: skip


def test_carer_is_told_of_danger_only() -> None:
    reach = Reach(contacts=[person(1, "carer")], sms_agreed=True)
    assert ways("N3", reach) == ways("N4", reach) == ["resident_page", "webhook"]
    assert "voice" in ways("N1", reach)
    assert "sms" in ways("N2", reach)


def test_old_person_alone_is_called_first_even_of_damage() -> None:
    old = Reach(needs=["elderly_alone"], contacts=[person(has="phone")])
    [call] = [w.step for w in steps_for(POLICY, "N2", old, SET_UP) if w.step.channel == "voice"]
    assert (call.after_s, call.unless_reached) == (0, False)


def test_service_message_by_sms_needs_consent_and_danger_needs_none() -> None:
    silent = replace(EVERYTHING, sms_agreed=False)
    agreed = replace(EVERYTHING, sms_agreed=True)
    assert "sms" not in ways("N3", silent)
    assert "sms" in ways("N3", agreed)
    assert "sms" not in ways("N3", replace(agreed, refused=["sms"])), "it refused it later"
    assert "sms" in ways("N1", silent)
    assert "sms" in ways("N2", silent)


def test_what_is_not_set_up_is_not_tried() -> None:
    assert ways("N1", EVERYTHING, {"resident_page", "mail"}) == ["resident_page", "mail"]


def test_service_may_be_refused_and_danger_may_not() -> None:
    refused: list[Channel] = ["web_push", "chat", "mail", "resident_page"]
    refusing = replace(EVERYTHING, refused=refused)
    assert ways("N3", refusing) == ["resident_page", "webhook"]
    assert ways("N1", refusing) == ways("N1", EVERYTHING)
    assert ways("N2", refusing) == ways("N2", EVERYTHING)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def db(outbox: str) -> Iterator[Connection]:
    with connect(outbox, name="tests", autocommit=True) as db:
        enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-01")
        yield db


def routed(db: Connection, household: str) -> dict[str, Any]:
    rows = db.execute(
        "SELECT channel, next_at, unless_reached FROM outbox"
        " WHERE household_id = %s AND channel <> 'route'",
        (household,),
    )
    return {channel: (from_datetime(at), unless) for channel, at, unless in rows}


def again(db: Connection, **changes: Any) -> None:
    """As after an event that lets the notices go out by further ways."""
    for name, value in changes.items():
        db.execute(
            "UPDATE notice SET record = jsonb_set(record::jsonb, %s, to_jsonb(%s::text))::json",
            ([name], value),
        )
    db.execute("UPDATE outbox SET sent_at = NULL, next_at = created_at WHERE channel = 'route'")


def test_ways_come_one_after_the_other(db: Connection, pool: Pool, clock: ShiftedClock) -> None:
    again(db)
    route(pool, SET_UP, clock=clock)
    ways = routed(db, "B1-01-01")
    assert ways.keys() == {"resident_page", "webhook", "sms", "voice"}
    assert ways["voice"][1] is True
    assert ways["sms"][1] is False
    wait = ways["voice"][0] - ways["sms"][0]
    assert wait == 600_000_000
    assert routed(db, "B1-02-01").keys() == {"resident_page", "webhook"}


def test_what_waits_for_the_morning_disturbs_nobody(
    db: Connection, pool: Pool, clock: ShiftedClock
) -> None:
    morning = system_clock() + 8 * HOUR
    db.execute("DELETE FROM outbox WHERE channel <> 'route'")
    again(db, not_before_at=to_datetime(morning).isoformat())
    route(pool, SET_UP, clock=clock)
    ways = routed(db, "B1-01-01")
    assert ways["sms"][0] == morning
    assert max(ways["resident_page"][0], ways["webhook"][0]) < morning - 7 * HOUR
    db.execute("UPDATE notice SET record = (record::jsonb - 'not_before_at')::json")
    again(db)
    route(pool, SET_UP, clock=clock)
    assert routed(db, "B1-01-01")["sms"][0] < morning - 7 * HOUR, "it was let go"


@pytest.mark.parametrize("state", ["withdrawn", "read"])
def test_what_is_over_takes_no_way(
    db: Connection, pool: Pool, clock: ShiftedClock, state: str
) -> None:
    db.execute("DELETE FROM outbox WHERE channel <> 'route'")
    again(db, state=state)
    route(pool, SET_UP, clock=clock)
    assert routed(db, "B1-01-01") == {}


def test_every_way_is_taken_once_by_however_many_routers(
    db: Connection, pool: Pool, clock: ShiftedClock
) -> None:
    for _ in range(3):
        again(db)
        route(pool, SET_UP, clock=clock)
    (row,) = db.execute("SELECT count(*) FROM outbox WHERE channel <> 'route'").fetchall()
    assert row == (6,)


def test_death_while_routing_leaves_nothing_half_done(db: Connection, outbox: str) -> None:
    db.execute("DELETE FROM outbox WHERE channel <> 'route'")
    again(db)
    db.execute("ALTER TABLE outbox ADD CONSTRAINT broken CHECK (evidence <> '2 ways') NOT VALID")
    with open_pool(outbox, name="tests", size=2) as pool, pytest.raises(Exception, match="broken"):
        route(pool, {"resident_page", "webhook"}, clock=system_clock)
    assert routed(db, "B1-01-01") == {}
