"""Callouts on their way to staff: each way once, nothing in vain, a flood gathered, none lost."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hub.dispatch.channel import Message, Outcome, Retry, Sent, Setup
from hub.dispatch.channel_worker import ChannelWorker
from hub.dispatch.channels.voice import Voice
from hub.dispatch.channels.web_push import WebPush
from hub.dispatch.registry import of_side
from hub.dispatch.report_tokens import key_of_token
from hub.dispatch.router import Router
from hub.dispatch.staff.deliveries import PACES, CallContent, StaffSide
from hub.dispatch.staff.routes import StaffRoutes
from hub.sealing.keys import load_keys
from hub.settings import HubSettings
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.records.notices import Channel as ChannelName
from rules.vocabulary.instant import MINUTE, SECOND
from store.database.connection import Pool, open_pool
from store.notices import push_subscriptions
from store.oncall.outbox import CallDelivery
from tests.hub.dispatch.channels.test_web_push import Browser
from tests.hub.dispatch.conftest import worker
from tests.hub.dispatch.households.test_deliveries import Recorder as HouseholdRecorder
from tests.rig.contacts import PHONE, SEALER
from tests.rig.endpoints import Endpoint, endpoint
from tests.rig.hubs import ShiftedClock
from tests.rig.staff import callout, ended, enrol, record

SECRET = b"s" * 32


class Recorder:
    """A channel that keeps what it is given, and takes it unless it is told to answer otherwise."""

    deduplicates = True
    at_once = 16
    patience_s = 30.0

    def __init__(self, name: ChannelName = "sms", answers: Sequence[Outcome] = ()) -> None:
        self.name: ChannelName = name
        self.answers = list(answers)
        self.calls: list[Message] = []

    def send(self, call: Message, /) -> Outcome:
        self.calls.append(call)
        return self.answers.pop(0) if self.answers else Sent("taken")


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def pool(estate: str, clock: ShiftedClock) -> Iterator[Pool]:
    """A database with an engineer who has a phone; no engine runs."""
    with open_pool(estate, name="tests", size=4) as pool:
        with pool.connection() as db:
            enrol(db, "eng", {"phone": PHONE}, now=clock())
        yield pool


@pytest.fixture
def receiver() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


def route(pool: Pool, clock: Callable[[], int]) -> None:
    routes = StaffRoutes(RulebooksInForce(), set(of_side("staff")))
    router = Router(pool, routes, clock=clock, on_routed=lambda: None)
    while router.dispatch():
        pass


def dispatcher(
    pool: Pool, channel: Any, clock: Callable[[], int]
) -> ChannelWorker[CallDelivery, CallContent]:
    side = StaffSide(SEALER, secret=SECRET, base_url="https://hub.example.org")
    return ChannelWorker(pool, channel, side, PACES[0], clock=clock, random=Random(1))


def ways(pool: Pool) -> list[tuple[str, float]]:
    """The key of each message, and the seconds until it is due."""
    with pool.connection() as db:
        return db.execute(
            "SELECT key, extract(epoch FROM next_at - created_at)::float FROM outbox"
            " WHERE user_id IS NOT NULL AND channel <> 'route' ORDER BY key"
        ).fetchall()


def reports(pool: Pool) -> list[Any]:
    with pool.connection() as db:
        found = db.execute("SELECT body FROM inbox WHERE kind = 'callout_delivery' ORDER BY seq")
        return [body for (body,) in found]


def test_a_callout_takes_the_ways_of_its_priority_each_under_a_key_of_its_own(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        browser = Browser("http://127.0.0.1/push").subscription
        push_subscriptions.add_for_user(db, browser, user="eng", now=clock())
        record(db, [callout(1, at=clock()), callout(2, priority="P2", at=clock())])
        record(db, [callout(3, priority="P3", at=clock())])
    route(pool, clock)
    route(pool, clock)
    assert ways(pool) == [
        ("harbour-c1/1/sms", 0), ("harbour-c1/1/voice", 0), ("harbour-c1/1/web_push", 0),
        ("harbour-c2/1/sms", 0), ("harbour-c2/1/voice", 180), ("harbour-c2/1/web_push", 0),
        ("harbour-c3/1/web_push", 0),
    ]  # fmt: skip


def test_what_is_answered_before_it_was_sent_is_not_sent(pool: Pool, clock: ShiftedClock) -> None:
    call = callout(1, at=clock())
    with pool.connection() as db:
        record(db, [call])
    route(pool, clock)
    with pool.connection() as db:
        record(db, [ended(call, clock())], "answered")
    channel = Recorder()
    assert dispatcher(pool, channel, clock).dispatch() == 1
    assert channel.calls == []
    with pool.connection() as db:
        kept = db.execute("SELECT state, evidence FROM callout_attempt").fetchall()
    assert kept == [("skipped", "answered before it was sent")]


def test_of_a_call_that_was_repeated_only_the_newest_message_is_tried_again(
    pool: Pool, clock: ShiftedClock
) -> None:
    call = callout(1, at=clock())
    with pool.connection() as db:
        record(db, [call])
    route(pool, clock)
    channel = Recorder(answers=[Retry("HTTP 503"), Sent("taken")])
    dispatch = dispatcher(pool, channel, clock)
    dispatch.dispatch()
    with pool.connection() as db:
        record(db, [replace(call, times=2, called_at=clock())], "repeated")
    route(pool, clock)
    clock.ahead = MINUTE
    while dispatch.dispatch():
        pass
    assert [call.key for call in channel.calls] == ["harbour-c1/1/sms", "harbour-c1/2/sms"]


def test_a_step_may_be_left_out_where_another_channel_delivered(
    pool: Pool, clock: ShiftedClock
) -> None:
    call = callout(1, at=clock())
    with pool.connection() as db:
        record(db, [call])
    route(pool, clock)
    with pool.connection() as db:
        db.execute("UPDATE outbox SET unless_reached = true WHERE channel = 'voice'")
        record(db, [replace(call, state="delivered", delivered_at=clock())], "delivered")
    left_out, sent = Recorder("voice"), Recorder()
    dispatcher(pool, left_out, clock).dispatch()
    dispatcher(pool, sent, clock).dispatch()
    assert [len(left_out.calls), len(sent.calls)] == [0, 1]


def test_a_flood_is_gathered_in_one_message_and_every_callout_is_told(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        record(db, [callout(n, at=clock()) for n in range(10, 26)])
    route(pool, clock)
    channel = Recorder()
    dispatch = dispatcher(pool, channel, clock)
    dispatch.dispatch()
    assert [call.answer and len(call.answer.tokens) for call in channel.calls] == [1, 1, 1]
    clock.ahead = 16 * SECOND
    dispatch.dispatch()
    gathered = channel.calls[3]
    assert "P1 Fire 13. … and 12 more incidents." in gathered.words
    assert gathered.key == "harbour-c13/1/sms"
    told = [id_ for report in reports(pool) for id_ in report["callout_ids"]]
    assert sorted(told) == [f"harbour-c{n}" for n in range(10, 26)]
    with pool.connection() as db:
        record(db, [callout(99, at=clock())])
    route(pool, clock)
    clock.ahead += MINUTE
    dispatch.dispatch()
    assert len(channel.calls) == 5, "what is sent takes nothing in any more"


def test_who_cannot_be_reached_is_told_of_at_once(pool: Pool, clock: ShiftedClock) -> None:
    with pool.connection() as db:
        enrol(db, "new", {}, now=clock())
        record(db, [callout(1, user="new", at=clock())])
    route(pool, clock)
    assert ways(pool) == []
    [report] = reports(pool)
    assert (report["callout_ids"], report["state"]) == (["harbour-c1"], "failed")


def test_callouts_and_notices_are_carried_by_dispatchers_of_their_own(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        record(db, [callout(n, at=clock()) for n in range(1, 4)])
        db.execute(
            "INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency, wave,"
            " created_at, next_at) VALUES ('harbour-n1/sms/1', 'harbour', 'harbour-n1',"
            " 'B1-01-01', 'sms', 'N1', 0, now(), now() - interval '1 minute')"
        )
    route(pool, clock)
    households = HouseholdRecorder()
    households.name = "sms"
    of_households = worker(pool, households, clock)
    assert [of_households.dispatch(), of_households.dispatch()] == [1, 0]
    channel = Recorder()
    assert dispatcher(pool, channel, clock).dispatch() == 3


def test_push_carries_its_token_and_replaces_what_the_phone_shows_of_the_incident(
    pool: Pool, clock: ShiftedClock, receiver: Endpoint, tmp_path: Path
) -> None:
    settings = HubSettings(data_dir=tmp_path, web_push_hosts="127.0.0.1")
    browser = Browser(f"{receiver.url}/push")
    with pool.connection() as db:
        push_subscriptions.add_for_user(db, browser.subscription, user="eng", now=clock())
        record(db, [callout(1, at=clock())])
    route(pool, clock)
    channel = WebPush.made(Setup(settings, pool, load_keys(settings), clock))
    assert dispatcher(pool, channel, clock).dispatch() == 1
    [call] = receiver.calls
    assert call.headers["Urgency"] == "high"
    shown = json.loads(browser.decrypt(call.body))
    assert key_of_token(SECRET, "callout", shown["token"]) == "harbour-c1"
    assert (shown["incident"], shown["priority"]) == ("harbour-i1", "P1")
    assert shown["url"] == f"https://hub.example.org/c/{shown['token']}"
    assert PHONE not in json.dumps(shown)


KILLED = """
import os, signal, sys
from random import Random
from hub.clock import system_clock
from hub.dispatch.channel_worker import ChannelWorker
from hub.dispatch.channels.voice import Voice
from hub.dispatch.staff.deliveries import PACES, StaffSide
from store.database.connection import open_pool
from store.oncall.outbox import CallDelivery
from tests.hub.dispatch.conftest import worker
from tests.rig.contacts import SEALER

class Deadly(Voice):
    def send(self, message, /):
        outcome = super().send(message)
        os.kill(os.getpid(), signal.SIGKILL)

channel = Deadly(sys.argv[2], None, secret=b"s" * 32, answer_url="", clock=system_clock)
pool = open_pool(sys.argv[1], name="killed", size=1)
side = StaffSide(SEALER, secret=b"s" * 32, base_url="")
ChannelWorker(pool, channel, side, PACES[0], clock=system_clock, random=Random()).dispatch()
"""


def test_death_between_sending_and_noting_calls_again_under_the_same_key(
    estate: str, pool: Pool, receiver: Endpoint, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        record(db, [callout(1, at=clock())])
    route(pool, clock)
    died = subprocess.run([sys.executable, "-c", KILLED, estate, receiver.url], check=False)
    assert died.returncode == -signal.SIGKILL
    clock.ahead = 31 * SECOND
    channel = Voice(receiver.url, None, secret=SECRET, answer_url="", clock=clock)
    assert dispatcher(pool, channel, clock).dispatch() == 1
    assert [call.headers["Idempotency-Key"] for call in receiver.calls] == [
        "harbour-c1/1/voice", "harbour-c1/1/voice",
    ]  # fmt: skip
    assert json.loads(receiver.calls[0].body)["text"].endswith("Press 1 to acknowledge.")
