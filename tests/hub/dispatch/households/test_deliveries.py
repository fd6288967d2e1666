"""From outbox to channel: most urgent first, each row once, through death and faults."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub.clock import system_clock
from hub.dispatch.backoff import MOST_ATTEMPTS
from hub.dispatch.channel import Message, NothingToSend, Outcome, Retry, Sent, Undeliverable
from hub.dispatch.channels.resident_page import ResidentPage
from hub.dispatch.channels.sms import Sms
from hub.dispatch.households.deliveries import PACES
from hub.dispatch.provider_rate import ProviderRate
from hub.dispatch.registry import registered
from hub.people.sealed_contacts import Contact
from hub.sealing.sealer import KEY_BYTES, Sealer
from rules.messages.drill_mark import MARK
from rules.records.notices import Channel as ChannelName
from rules.rulebook.notice_policy import Rate
from rules.vocabulary.instant import HOUR, SECOND
from store.database.connection import Pool, connect
from tests.hub.dispatch.conftest import route, worker
from tests.rig.contacts import PHONE, enter
from tests.rig.endpoints import Endpoint
from tests.rig.hubs import ShiftedClock
from tests.rig.waiting import eventually


class Recorder:
    """A channel that keeps what it is given and answers as it is told."""

    name: ChannelName = "webhook"
    deduplicates = True
    at_once = 16
    patience_s = 30.0

    def __init__(self, answer: Callable[[Message], Outcome] = lambda _: Sent("taken")) -> None:
        self.answer = answer
        self.messages: list[Message] = []

    def send(self, message: Message, /) -> Outcome:
        self.messages.append(message)
        return self.answer(message)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


def rows(pool: Pool) -> list[tuple[Any, ...]]:
    with pool.connection() as db:
        return db.execute(
            "SELECT notice_id, attempts, sent_at IS NOT NULL, failed_at IS NOT NULL, evidence"
            " FROM outbox WHERE channel = 'webhook' ORDER BY notice_id"
        ).fetchall()


def reports(pool: Pool, kind: str = "delivery") -> list[Any]:
    with pool.connection() as db:
        found = db.execute("SELECT body FROM inbox WHERE kind = %s ORDER BY seq", (kind,))
        return [body for (body,) in found]


def test_what_was_sent_is_noted_and_told_to_the_engine(pool: Pool, clock: ShiftedClock) -> None:
    channel = Recorder()
    assert worker(pool, channel, clock).dispatch() == 2
    assert sorted(m.key for m in channel.messages) == ["harbour-n1/webhook", "harbour-n2/webhook"]
    assert {m.language for m in channel.messages} == {"zh"}
    assert rows(pool) == [
        ("harbour-n1", 1, True, False, "taken"),
        ("harbour-n2", 1, True, False, "taken"),
    ]
    [report] = reports(pool)
    assert sorted(report["notice_ids"]) == ["harbour-n1", "harbour-n2"]
    assert (report["channel"], report["state"]) == ("webhook", "delivered")
    assert worker(pool, channel, clock).dispatch() == 0


def test_the_most_urgent_goes_first_and_then_by_wave(pool: Pool, clock: ShiftedClock) -> None:
    with pool.connection() as db:
        for notice, urgency, wave in [("a", "N3", 0), ("b", "N1", 2), ("c", "N1", 0)]:
            db.execute(
                "INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency,"
                " wave, created_at, next_at) SELECT %s || '/webhook', estate_id, notice_id,"
                " household_id, channel, %s, %s, created_at, next_at FROM outbox"
                " WHERE key = 'harbour-n1/webhook'",
                (notice, urgency, wave),
            )
    channel = Recorder()
    channel.at_once = 1
    dispatch = worker(pool, channel, clock)
    while dispatch.dispatch():
        pass
    assert [m.key.split("/")[0] for m in channel.messages] == [
        "c",
        "b",
        *sorted(["harbour-n1", "harbour-n2"]),
        "a",
    ]


def test_several_dispatchers_send_each_row_once(pool: Pool, clock: ShiftedClock) -> None:
    with pool.connection() as db:
        db.execute(
            "INSERT INTO outbox (key, estate_id, notice_id, household_id, channel, urgency, wave,"
            " created_at, next_at) SELECT n || '/webhook', estate_id, notice_id, household_id,"
            " channel, urgency, wave, created_at, next_at FROM outbox, generate_series(1, 300) n"
            " WHERE key = 'harbour-n1/webhook'"
        )
    channel = Recorder()

    def drain(_: int) -> None:
        mine = worker(pool, channel, clock)
        while mine.dispatch():
            pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(drain, range(4)))
    keys = [message.key for message in channel.messages]
    assert len(keys) == 302
    assert len(set(keys)) == 302


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(
    pool: Pool, clock: ShiftedClock
) -> None:
    channel = Recorder(lambda _: Retry("HTTP 503"))
    dispatch = worker(pool, channel, clock)
    assert dispatch.dispatch() == 2
    assert dispatch.dispatch() == 0, "not before its time"
    for _ in range(MOST_ATTEMPTS):
        clock.ahead += HOUR
        dispatch.dispatch()
    assert [m.attempt for m in channel.messages[::2]] == list(range(1, MOST_ATTEMPTS + 1))
    assert rows(pool) == [
        ("harbour-n1", MOST_ATTEMPTS, False, True, "HTTP 503"),
        ("harbour-n2", MOST_ATTEMPTS, False, True, "HTTP 503"),
    ]
    [report] = reports(pool)
    assert report["state"] == "failed"


def test_what_is_undeliverable_is_given_up_at_once(pool: Pool, clock: ShiftedClock) -> None:
    worker(pool, Recorder(lambda _: Undeliverable("HTTP 400")), clock).dispatch()
    assert [row[3:] for row in rows(pool)] == [(True, "HTTP 400")] * 2
    assert reports(pool)[0]["state"] == "failed"


def test_nothing_to_send_is_done_and_delivers_nothing(pool: Pool, clock: ShiftedClock) -> None:
    worker(pool, Recorder(lambda _: NothingToSend("no subscription")), clock).dispatch()
    assert [row[2:] for row in rows(pool)] == [(True, False, "no subscription")] * 2
    assert reports(pool) == []


def as_drill(pool: Pool, *, enrolled: list[str], mark: str) -> None:
    """Make both notices those of a drill, with the text of `mark` around theirs."""
    with pool.connection() as db:
        db.execute(
            "UPDATE notice SET record = (record::jsonb || '{\"drill\": true}' ||"
            " jsonb_build_object('text', jsonb_build_object("
            "   'en', %(en)s || (record->'text'->>'en') || %(en)s,"
            "   'zh', %(zh)s || (record->'text'->>'zh') || %(zh)s)))::json",
            {"en": mark and MARK.en, "zh": mark and MARK.zh},
        )
        db.execute(
            "INSERT INTO drill (id, estate_id, kind, plan, state, made_at, is_void, incident_id,"
            " households, record) SELECT 'harbour-d1', estate_id, 'functional', 'PIPE', 'running',"
            " now(), false, incident_id, %s, '{}' FROM notice LIMIT 1",
            (enrolled,),
        )


def test_drill_leaves_only_to_a_household_that_is_enrolled(pool: Pool, clock: ShiftedClock) -> None:
    (first, *_), _ = rows(pool)
    with pool.connection() as db:
        found = db.execute("SELECT household_id FROM notice WHERE id = %s", (first,)).fetchone()
    assert found is not None
    as_drill(pool, enrolled=[found[0]], mark="around")
    channel = Recorder()
    worker(pool, channel, clock).dispatch()
    assert [message.subject for message in channel.messages] == [first]
    refused = "a drill reaches enrolled households only, marked as a drill"
    assert rows(pool)[1][2:] == (True, False, refused)


def test_drill_without_its_marks_never_leaves(pool: Pool, clock: ShiftedClock) -> None:
    with pool.connection() as db:
        households = [h for (h,) in db.execute("SELECT household_id FROM notice")]
    as_drill(pool, enrolled=households, mark="")
    channel = Recorder()
    worker(pool, channel, clock).dispatch()
    assert channel.messages == []
    assert reports(pool) == []


def test_a_channel_that_raises_is_one_system_alarm_and_is_tried_again(
    pool: Pool, clock: ShiftedClock
) -> None:
    def raises(_: Message) -> Outcome:
        raise RuntimeError("a fault in the channel")

    channel = Recorder(raises)
    dispatch = worker(pool, channel, clock)
    dispatch.dispatch()
    clock.ahead = HOUR
    dispatch.dispatch()
    assert [fault["id"] for fault in reports(pool, "fault")] == ["channel/webhook"]
    clock.ahead = 2 * HOUR
    channel.answer = lambda _: Sent("taken")
    dispatch.dispatch()
    assert [row[2] for row in rows(pool)] == [True, True]


def test_an_outcome_that_cannot_be_committed_is_sent_again_with_the_same_key(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        db.execute("ALTER TABLE inbox RENAME TO inbox_away")
    channel = Recorder()
    dispatch = worker(pool, channel, clock)
    with pytest.raises(Exception, match="inbox"):
        dispatch.dispatch()
    assert [row[2] for row in rows(pool)] == [False, False]
    with pool.connection() as db:
        db.execute("ALTER TABLE inbox_away RENAME TO inbox")
    assert dispatch.dispatch() == 0, "the lease still holds"
    clock.ahead = 31 * SECOND
    assert dispatch.dispatch() == 2
    keys = sorted(message.key for message in channel.messages)
    assert keys[0::2] == keys[1::2]
    assert len(reports(pool)) == 1


KILLED = """
import os, signal, sys
from random import Random
from hub.clock import system_clock
from hub.dispatch.channel_worker import ChannelWorker
from hub.dispatch.channels.webhook import Webhook
from hub.dispatch.households.deliveries import PACES, HouseholdSide
from store.database.connection import open_pool
from tests.rig.contacts import SEALER

class Deadly(Webhook):
    def send(self, message, /):
        outcome = super().send(message)
        os.kill(os.getpid(), signal.SIGKILL)

channel = Deadly(sys.argv[2], None, clock=system_clock)
channel.at_once = 1
pool = open_pool(sys.argv[1], name="killed", size=1)
ChannelWorker(pool, channel, HouseholdSide(SEALER), PACES[1], clock=system_clock,
              random=Random()).dispatch()
"""


def test_death_between_sending_and_noting_repeats_the_key_and_loses_nothing(
    outbox: str, pool: Pool, receiver: Endpoint, clock: ShiftedClock
) -> None:
    died = subprocess.run([sys.executable, "-c", KILLED, outbox, receiver.url], check=False)
    assert died.returncode == -signal.SIGKILL
    assert len(receiver.calls) == 1
    clock.ahead = 31 * SECOND
    channel = Recorder()
    worker(pool, channel, clock).dispatch()
    again = {message.key: message.attempt for message in channel.messages}
    assert again.pop(receiver.calls[0].headers["Idempotency-Key"]) == 2
    assert list(again.values()) == [1]


KILLED_BY_SMS = """
import os, signal, sys
from random import Random
from hub.clock import system_clock
from hub.dispatch.channel_worker import ChannelWorker
from hub.dispatch.channels.sms import Sms
from hub.dispatch.households.deliveries import PACES, HouseholdSide
from store.database.connection import open_pool
from tests.rig.contacts import SEALER

class Deadly(Sms):
    def send(self, message, /):
        outcome = super().send(message)
        os.kill(os.getpid(), signal.SIGKILL)

channel = Deadly(sys.argv[2])
channel.at_once = 1
pool = open_pool(sys.argv[1], name="killed", size=1)
ChannelWorker(pool, channel, HouseholdSide(SEALER), PACES[1], clock=system_clock,
              random=Random()).dispatch()
"""


def test_provider_that_knows_no_key_may_be_told_twice_by_a_death_and_nothing_is_lost(
    outbox: str, pool: Pool, receiver: Endpoint, clock: ShiftedClock
) -> None:
    """At least once: so it is marked in the evidence, and only such channels are."""
    with pool.connection() as db:
        for household in ("B1-01-01", "B1-02-01"):
            enter(db, Contact(0, addresses={"phone": PHONE}), household=household)
        db.execute("UPDATE outbox SET sent_at = NULL, next_at = created_at WHERE channel = 'route'")
    route(pool, {"sms"}, clock=clock)
    with pool.connection() as db:
        db.execute("UPDATE outbox SET next_at = created_at WHERE channel = 'sms'")
    template = f"{receiver.url.replace('http', 'json', 1)}/{{phone}}"
    died = subprocess.run([sys.executable, "-c", KILLED_BY_SMS, outbox, template], check=False)
    assert died.returncode == -signal.SIGKILL
    assert len(receiver.calls) == 1
    clock.ahead = 61 * SECOND
    channel = Sms(template)
    assert worker(pool, channel, clock).dispatch() == 2
    assert len(receiver.calls) == 3
    assert not channel.deduplicates
    with pool.connection() as db:
        attempts = db.execute(
            "SELECT attempt, state FROM notice_attempt WHERE channel = 'sms' ORDER BY attempt"
        ).fetchall()
    assert attempts == [(1, "sent"), (2, "sent")]


def test_every_contact_is_told_in_its_own_language_under_a_key_of_its_own(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-01")
        enter(
            db,
            Contact(0, "owner", "en", addresses={"phone": "+442079460000"}),
            household="B1-01-01",
        )
        enter(db, Contact(0, "owner", addresses={"mail": "a@example.org"}), household="B1-01-01")
        db.execute("UPDATE outbox SET sent_at = NULL, next_at = created_at WHERE channel = 'route'")
    route(pool, {"sms"}, clock=clock)
    with pool.connection() as db:
        db.execute("UPDATE outbox SET next_at = created_at WHERE channel = 'sms'")
        [(notice,)] = db.execute("SELECT id FROM notice WHERE household_id = 'B1-01-01'").fetchall()
    channel = Recorder()
    channel.name = "sms"
    assert worker(pool, channel, clock).dispatch() == 2
    told = {m.key: (m.addresses.get("phone"), m.language) for m in channel.messages}
    assert told == {f"{notice}/sms/1": (PHONE, "zh"), f"{notice}/sms/2": ("+442079460000", "en")}
    [report] = reports(pool)
    assert (report["notice_ids"], report["channel"]) == ([notice, notice], "sms")
    with pool.connection() as db:
        kept = db.execute("SELECT contact, state FROM notice_attempt ORDER BY contact").fetchall()
    assert kept == [(1, "sent"), (2, "sent")]


def test_contact_that_no_key_opens_is_tried_again_and_is_a_system_alarm(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        other = Sealer((b"o" * KEY_BYTES,))
        n = enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-01", sealer=other)
        db.execute(
            "UPDATE outbox SET contact = %s"
            " WHERE channel = 'webhook' AND household_id = 'B1-01-01'",
            (n,),
        )
    channel = Recorder()
    assert worker(pool, channel, clock).dispatch() == 2
    assert len(channel.messages) == 1
    assert "fault: KeyMissing" in [row[4] for row in rows(pool)]
    assert [fault["id"] for fault in reports(pool, "fault")] == ["channel/webhook"]


def test_channels_that_may_repeat_are_just_those_that_are_marked() -> None:
    repeating = {name for name, kind in registered().items() if not kind.deduplicates}
    assert repeating == {"sms", "chat", "mail"}


def test_what_was_withdrawn_or_reached_meanwhile_is_not_sent(
    pool: Pool, clock: ShiftedClock
) -> None:
    with pool.connection() as db:
        db.execute("UPDATE outbox SET unless_reached = true WHERE channel = 'webhook'")
        for notice, change in [
            ("harbour-n1", '{"state": "withdrawn"}'), ("harbour-n2", '{"reached_by": "door"}'),
        ]:  # fmt: skip
            db.execute(
                "UPDATE notice SET record = (record::jsonb || %s::jsonb)::json WHERE id = %s",
                (change, notice),
            )
    channel = Recorder()
    worker(pool, channel, clock).dispatch()
    assert channel.messages == []
    assert [row[4] for row in rows(pool)] == ["withdrawn", "reached already by door"]
    with pool.connection() as db:
        found = db.execute("SELECT state FROM notice_attempt").fetchall()
    assert found == [("skipped",), ("skipped",)]


def test_danger_to_life_has_a_dispatcher_of_its_own(pool: Pool, clock: ShiftedClock) -> None:
    with pool.connection() as db:
        db.execute("UPDATE outbox SET urgency = 'N1' WHERE notice_id = 'harbour-n2'")
    channel = Recorder()
    urgent, other = (worker(pool, channel, clock, pace=pace) for pace in PACES)
    assert urgent.dispatch() == 1
    assert [m.key for m in channel.messages] == ["harbour-n2/webhook"]
    assert other.dispatch() == 1


def test_rate_of_the_provider_bounds_what_is_claimed(pool: Pool, clock: ShiftedClock) -> None:
    rate = ProviderRate(Rate(per_s=0.001, burst=2), now=clock())
    slow = worker(pool, Recorder(), clock, pace=PACES[1], rate=rate)
    assert [slow.dispatch(), slow.dispatch()] == [1, 0]


def test_a_notice_that_is_gone_is_given_up(pool: Pool, clock: ShiftedClock) -> None:
    with pool.connection() as db:
        db.execute("DELETE FROM notice")
    channel = Recorder()
    worker(pool, channel, clock).dispatch()
    assert channel.messages == []
    assert [row[4] for row in rows(pool)] == ["what it was about is gone"] * 2


def test_the_dispatcher_goes_on_when_the_database_comes_back(outbox: str, pool: Pool) -> None:
    channel = Recorder()
    dispatch = worker(pool, channel, system_clock)
    stop = threading.Event()
    with connect(outbox, name="tests", autocommit=True) as db:
        db.execute("ALTER TABLE outbox RENAME TO outbox_away")
        thread = threading.Thread(target=dispatch.run, args=(stop,))
        thread.start()
        try:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            db.execute("ALTER TABLE outbox_away RENAME TO outbox")
            eventually(lambda: len(channel.messages) == 2, what="both are sent")
        finally:
            stop.set()
            dispatch.wake()
            thread.join(10)
    assert not thread.is_alive()


def test_the_residents_page_delivers_as_soon_as_a_notice_is_there(
    pool: Pool, clock: ShiftedClock
) -> None:
    assert worker(pool, ResidentPage(), clock).dispatch() == 2
    [report] = reports(pool)
    assert (report["channel"], report["state"]) == ("resident_page", "delivered")
