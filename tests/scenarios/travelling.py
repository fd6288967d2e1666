"""Gateway, engine and hub under one clock that a scenario moves: hours of it take seconds.

Time stands still while anything is under way, then goes on to the next message, command,
expectation or deadline of the engine, whichever is first. Only what devices repeat without news
may come up to `PATIENCE` late, many messages at once.
"""

import re
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr, TypeAdapter

from gateway.settings import GatewaySettings
from hub.engine import loop
from hub.settings import HubSettings
from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import HOUR, MINUTE, Instant, from_datetime, to_datetime, to_rfc3339
from simulators.play import packet_of
from simulators.scenario import Command, Duration, Expectation, Scenario
from simulators.scenarios import load_scenario
from simulators.timeline import timeline
from store.database.connection import Connection, connect
from store.engine import inbox
from tests.rig.hubs import StandingClock, running_engine, running_gateway, serving
from tests.rig.ledger import Ledger
from tests.rig.site import Site
from tests.rig.stack import Publisher
from tests.rig.waiting import eventually
from tests.scenarios.expecting import check
from tests.scenarios.playing import Outcome

PATIENCE = 2 * MINUTE
BY_DAY = time(10)
"""When a scenario starts that does not say so."""

SNAPSHOT_EVERY = HOUR
"""Of the engine, for which it is 30 seconds: they are its greatest cost, and here soon over."""

_WITHIN_S = 30.0
_EVERY_S = 0.002
_numbers = count(1)
_duration: TypeAdapter[Instant] = TypeAdapter(Duration)

_WAKE = "SELECT pg_notify(%(channel)s, '')"

# What is due, or just being sent: what is to be tried again has evidence why.
_UNDER_WAY = """
SELECT count(*) FROM outbox
 WHERE sent_at IS NULL AND failed_at IS NULL
   AND (next_at <= %(now)s OR attempts > 0 AND evidence IS NULL)
"""


class Idleness:
    """What the engine says of itself whenever it has nothing left to do."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at: Instant = 0
        self._dues: Mapping[str, Instant] = {}

    def __call__(self, at: Instant, dues: Mapping[str, Instant]) -> None:
        with self._changed:
            self._at, self._dues = at, dues
            self._changed.notify_all()

    def next_due(self, estate: str, *, since: Instant) -> Instant:
        """The estate's next deadline, once all is done that was there or due at `since`."""
        with self._changed:
            idle = self._changed.wait_for(
                lambda: self._at >= since and estate in self._dues, _WITHIN_S
            )
            assert idle, f"the engine is not idle within {_WITHIN_S:g} s"
            return self._dues[estate]


class Travellers:
    """The three parts at work, and how to bring all of them to a later time."""

    def __init__(self, site: Site, clock: StandingClock, idle: Idleness, db: Connection) -> None:
        self.site = site
        self.clock = clock
        self._idle = idle
        self._db = db

    def play(self, name: str) -> Outcome:
        """The scenario on an estate of its own, and each expectation of it at its time."""
        scenario = load_scenario(name)
        (estate,) = self.site.import_sample(f"riverside-{next(_numbers)}")
        began = _next(scenario.starts or BY_DAY, estate, self.clock())
        self.clock.reach(began)
        with Publisher(self.site.broker) as devices:
            journey = Journey(self, scenario, estate, devices, began)
            journey.run()
        return journey.outcome

    def settle(self, estate: Estate) -> Instant:
        """Let all that is under way be done; gives the engine's next deadline for the estate."""
        while True:
            since = self.clock() + 1
            self.clock.reach(since)
            self._db.execute(_WAKE, {"channel": inbox.CHANNEL})
            due = self._idle.next_due(estate.id, since=since)
            if not self._under_way():
                return due
            eventually(
                lambda: not self._under_way(), within_s=_WITHIN_S, what="notices are sent",
                every_s=_EVERY_S,
            )  # fmt: skip

    def _under_way(self) -> int:
        params = {"now": to_datetime(self.clock())}
        (row,) = self._db.execute(_UNDER_WAY, params).fetchall()
        return int(row[0])


@contextmanager
def travelling(site: Site, clock: StandingClock, webhook_url: str) -> Iterator[Travellers]:
    """All parts of the site in this process, under the clock."""
    idle, broker = Idleness(), site.broker
    gateway = GatewaySettings(
        database_url=site.dsn,
        mqtt_host=broker.host,
        mqtt_port=broker.port,
        mqtt_username=broker.username,
        mqtt_password=SecretStr(broker.password) if broker.password else None,
    )
    hub = HubSettings(
        database_url=site.dsn,
        data_dir=site.folder,
        http_port=site.http_port,
        webhook_url=webhook_url,
    )
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.create_server(("127.0.0.1", site.http_port)) as listener,
        running_gateway(gateway, clock=clock),
        running_engine(site.dsn, clock=clock, on_idle=idle),
        serving(hub, listener, clock=clock),
        connect(site.dsn, name="tests", autocommit=True) as db,
    ):
        patch.setattr(loop, "SNAPSHOT_EVERY", SNAPSHOT_EVERY)
        eventually(lambda: _figure("broker_up"), what="the gateway hears the broker")
        yield Travellers(site, clock, idle, db)


class Journey:
    """A scenario on its way through time. All times here are instants of the clock."""

    def __init__(
        self,
        travellers: Travellers,
        scenario: Scenario,
        estate: Estate,
        devices: Publisher,
        began: Instant,
    ) -> None:
        self.outcome = Outcome(estate, Ledger(travellers.site.dsn, estate.id))
        self._travellers = travellers
        self._scenario = scenario
        self._estate = estate
        self._devices = devices
        self._began = began
        line = timeline(scenario, estate, device_types(), pace=1)
        self._waiting = deque(line.messages)
        self._ends = line.end
        self._due = travellers.settle(estate)

    def run(self) -> None:
        """Play it all; of what is at one time devices come first, then people, then checks."""
        acts: list[tuple[Instant, Command | Expectation]] = [
            *((command.at, command) for command in self._scenario.commands),
            *((e.at, e) for e in self._scenario.expect if e.at is not None),
        ]
        for at, act in sorted(acts, key=lambda act: act[0]):
            self._pass_until(self._began + at)
            self._do(act)
        self._pass_until(self._began + self._ends)
        for expectation in self._scenario.expect:
            if expectation.at is None:
                self._do(expectation)

    def _do(self, act: Command | Expectation) -> None:
        if isinstance(act, Command):
            self._command(act)
            self._due = self._travellers.settle(self._estate)
        else:
            with self._travellers.site.client() as operator:
                check(act, self.outcome, operator, self._began)

    def _pass_until(self, end: Instant) -> None:
        while (stop := min(end, self._next_stop())) < end:
            self._go_to(stop)
        self._go_to(end)

    def _next_stop(self) -> Instant:
        """When something happens next. A repeated word that puts a deadline off comes first."""
        stop, before = self._due, None
        for message in self._waiting:
            sent_at = self._began + message.sent_at
            if sent_at >= stop:
                break
            before = sent_at
            stop = min(stop, sent_at + PATIENCE if message.repeated else sent_at)
        return before if before is not None and stop == self._due else stop

    def _go_to(self, at: Instant) -> None:
        self._travellers.clock.reach(at)
        taken = _figure("messages_total")
        sent = 0
        while self._waiting and self._began + self._waiting[0].sent_at <= at:
            packet = packet_of(self._estate, self._waiting.popleft(), self._began)
            self._devices.publish(packet.topic, packet.payload)
            sent += 1
        eventually(
            lambda: _figure("messages_total") >= taken + sent, within_s=_WITHIN_S, every_s=_EVERY_S,
            what="the gateway has taken what was sent",
        )  # fmt: skip
        self._due = self._travellers.settle(self._estate)

    def _command(self, command: Command) -> None:
        names = {"estate": self._estate.id}
        with self._travellers.site.client(command.role) as client:
            for noun, where in command.of.items():
                found = getattr(self.outcome, noun)(client, **where)
                assert len(found) == 1, f"{noun} {where}: {len(found)}, not the only one"
                names["id"] = found[0]["id"]
            path, body = self._filled(command.path, names), self._filled(command.body, names)
            client.send("PUT" if command.put else "POST", path, body)

    def _filled(self, value: Any, names: Mapping[str, str]) -> Any:
        """The value with each name in braces filled in; a span is so long after the start."""
        if isinstance(value, dict):
            return {key: self._filled(each, names) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, names) for each in value]
        if not isinstance(value, str):
            return value
        return re.sub(r"\{(\w+)\}", lambda found: self._named(found[1], names), value)

    def _named(self, name: str, names: Mapping[str, str]) -> str:
        if name in names:
            return names[name]
        return to_rfc3339(self._began + _duration.validate_python(name))


def _figure(name: str) -> float:
    """What the gateway shows of itself to Prometheus."""
    return REGISTRY.get_sample_value(f"gatehouse_gateway_{name}") or 0


def _next(of_day: time, estate: Estate, after: Instant) -> Instant:
    """When the estate's clocks next show the time of day."""
    now = to_datetime(after).astimezone(ZoneInfo(estate.timezone))
    today = datetime.combine(now.date(), of_day, now.tzinfo)
    return from_datetime(today if today >= now else today + timedelta(days=1))
