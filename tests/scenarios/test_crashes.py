"""Whatever is killed or goes away in the middle of a stream, nothing is lost and nothing doubled.

What counts as shown once: a notice on the resident's page, and a call of the webhook by its
idempotency key. What counts as acknowledged: a message whose PUBACK the device has.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx
import pytest

from hub.clock import system_clock
from rules.estate.graph import Estate
from store.embedded.server import EmbeddedPostgres
from tests.rig import brokers
from tests.rig.databases import begun_home
from tests.rig.ledger import Ledger
from tests.rig.stack import Follower, Publisher, Stack, running
from tests.rig.waiting import eventually
from tests.rig.webhooks import WebhookReceiver, receiving
from tests.scenarios.stream import READINGS, stream, wet_sensors

BEFORE = READINGS // 3
"""Messages that are under way before the fault."""


@dataclass(frozen=True)
class Plant:
    """A stack whose database can be killed too, and an estate for each fault."""

    stack: Stack
    postgres: EmbeddedPostgres
    webhooks: WebhookReceiver
    estates: dict[str, Estate]

    def kill_and_restart(self, kind: str) -> None:
        self.stack.kill(kind)
        self.stack.start([kind])

    def kill_and_restart_database(self) -> None:
        assert self.postgres.pid is not None
        os.kill(self.postgres.pid, signal.SIGKILL)
        self.postgres.stop()
        self.postgres.start()


@pytest.fixture(scope="module")
def plant(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Every process on a database that writes as safely as it does for users."""
    folder = tmp_path_factory.mktemp("plant")
    with begun_home(first) as home, receiving() as webhooks:
        postgres = EmbeddedPostgres(home, log=folder / "postgres.log")
        postgres.start()
        try:
            with (
                brokers.started(brokers.embedded(folder)) as broker,
                running(
                    folder,
                    dsn=postgres.dsn(),
                    broker=broker,
                    settings={"WEBHOOK_URL": webhooks.url},
                ) as stack,
            ):
                estates = stack.settle(*(fault.replace(" ", "-") for fault in FAULTS))
                by_fault = dict(zip(FAULTS, estates, strict=True))
                yield Plant(stack, postgres, webhooks, by_fault)
        finally:
            postgres.stop()


def _database_away_for_a_while(plant: Plant) -> None:
    plant.postgres.stop()
    eventually(lambda: not _is_ready(plant.stack), what="the hub notices")
    plant.postgres.start()


def _is_ready(stack: Stack) -> bool:
    return httpx.get(f"{stack.url}/readyz", timeout=10).status_code == 200


FAULTS: dict[str, Callable[[Plant], None]] = {
    "gateway killed": lambda plant: plant.kill_and_restart("gateway"),
    "engine killed": lambda plant: plant.kill_and_restart("engine"),
    "hub killed": lambda plant: plant.kill_and_restart("hub"),
    "database killed": Plant.kill_and_restart_database,
    "database away": _database_away_for_a_while,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_or_doubled(plant: Plant, fault: str) -> None:
    estate = plant.estates[fault]
    with Follower(plant.stack) as follower:
        _publish_through(plant.stack, estate, plant.webhooks, lambda: FAULTS[fault](plant))
        _check(plant.stack, estate, plant.webhooks, follower)


def test_nothing_is_lost_or_doubled_when_the_broker_goes_away_and_comes_back(
    database: str, mosquitto: brokers.Broker, tmp_path: Path
) -> None:
    def stop_and_start() -> None:
        mosquitto.stop()
        mosquitto.start()

    with (
        receiving() as webhooks,
        running(
            tmp_path, dsn=database, broker=mosquitto, settings={"WEBHOOK_URL": webhooks.url}
        ) as stack,
    ):
        (estate,) = stack.settle("riverside")
        with Follower(stack) as follower:
            _publish_through(stack, estate, webhooks, stop_and_start)
            _check(stack, estate, webhooks, follower)


def _publish_through(
    stack: Stack, estate: Estate, webhooks: WebhookReceiver, fault: Callable[[], None]
) -> None:
    """The stream, with the fault when the first are told and the most is still to come."""
    packets = stream(estate, now=system_clock())
    ledger = Ledger(stack.dsn, estate.id)

    with Publisher(stack.broker) as publisher:

        def publish(most: int) -> None:
            for packet in islice(packets, most):
                publisher.publish(packet.topic, packet.payload)

        publish(BEFORE)
        eventually(lambda: ledger.readings() > BEFORE // 2, what="some readings are stored")
        eventually(lambda: webhooks.shown(estate.id), what="the first notice is out")
        rest = threading.Thread(target=publish, args=(READINGS,))
        rest.start()
        assert publisher.acknowledged < READINGS
        fault()
        rest.join()
        publisher.drain(60)
        assert publisher.acknowledged == READINGS
    ledger.end_leases()


def _check(stack: Stack, estate: Estate, webhooks: WebhookReceiver, follower: Follower) -> None:
    ledger = Ledger(stack.dsn, estate.id)
    ledger.await_quiet(READINGS)
    _readings_are_stored_and_decided_on_once(ledger)
    _alarms_fired_once(ledger, estate)
    _notices_are_shown_once(stack, ledger, estate, webhooks)
    assert ledger.gaps_between_events() == 0
    assert ledger.replays_exactly()
    seqs = ledger.seqs()
    eventually(lambda: len(follower.of(estate.id)) >= len(seqs), what="the feed has caught up")
    assert [event["seq"] for event in follower.of(estate.id)] == seqs
    assert follower.gaps == 0


def _readings_are_stored_and_decided_on_once(ledger: Ledger) -> None:
    assert ledger.readings() == READINGS
    rows = Counter((device, signal, at) for device, signal, at, _ in ledger.rows_in_inbox())
    assert len(rows) == rows.total() == READINGS


def _alarms_fired_once(ledger: Ledger, estate: Estate) -> None:
    fired = Counter(alarm["device"] for alarm in ledger.records("alarm.raised"))
    assert fired == dict.fromkeys(wet_sensors(estate), 1)
    assert ledger.records("alarm.raised_again", "alarm.cleared", "system.alarm") == []


def _notices_are_shown_once(
    stack: Stack, ledger: Ledger, estate: Estate, webhooks: WebhookReceiver
) -> None:
    requested = ledger.records("notice.requested")
    once = Counter(
        (n["incident_id"], n["template"], n["version"], n["household"]) for n in requested
    )
    assert len(once) == once.total() > 0
    ids = sorted(notice["id"] for notice in requested)
    assert sorted(notice["id"] for notice in webhooks.shown(estate.id)) == ids
    for household in sorted({notice["household"] for notice in requested})[:5]:
        token = stack.resident_token(estate.id, household)
        page = httpx.get(f"{stack.url}/api/v1/resident/{token}").json()
        shown = sorted(notice["id"] for notice in page["notices"])
        assert shown == sorted(n["id"] for n in requested if n["household"] == household)
