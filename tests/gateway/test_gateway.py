"""The gateway as a process: what it acknowledged is in the database, whatever happens."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest

from hub.clock import system_clock
from hub.process.supervisor import ServerNotReady
from rules.vocabulary.instant import MILLISECOND
from store.database.connection import connect
from store.embedded.server import EmbeddedPostgres
from tests.gateway.seeding import seed
from tests.rig.brokers import Broker
from tests.rig.ledger import Ledger
from tests.rig.stack import Publisher, Stack
from tests.rig.waiting import eventually

MESSAGES = 20_000
FEW = 2_000
"""Where what happens does not hang on how many there are."""
DEVICES = [f"p{number}" for number in range(20)]
GATEWAY = ["gateway"]


@pytest.fixture(params=["embedded", "mosquitto"])
def any_broker(request: pytest.FixtureRequest) -> Broker:
    """Each of the two brokers in turn."""
    name = {"embedded": "broker", "mosquitto": "mosquitto"}[request.param]
    broker: Broker = request.getfixturevalue(name)
    return broker


@contextmanager
def gateway(folder: Path, dsn: str, broker: Broker, **settings: str) -> Iterator[Stack]:
    """A running gateway that knows `DEVICES`."""
    stack = Stack(folder, dsn=dsn, broker=broker, settings=settings)
    seed(dsn, **dict.fromkeys(DEVICES, "pressure"))
    try:
        stack.start(GATEWAY)
        yield stack
    finally:
        stack.stop(GATEWAY)


def packets(messages: int = MESSAGES) -> Iterator[tuple[str, bytes]]:
    """So many messages, each with a time of its own, the last of them of now."""
    begin_ms = system_clock() // MILLISECOND - messages
    for number in range(messages):
        device = DEVICES[number % len(DEVICES)]
        body = {"ts": begin_ms + number, "signals": {"pressure_mpa": number / messages}}
        yield f"gatehouse/v1/e1/{device}", json.dumps(body).encode()


def publish(broker: Broker, *messages: tuple[str, bytes]) -> None:
    with Publisher(broker) as publisher:
        for topic, payload in messages:
            publisher.publish(topic, payload)
        publisher.drain()


def query(dsn: str, text: Any) -> list[Any]:
    with connect(dsn, name="tests") as db:
        return db.execute(text).fetchall()


def check_stored_once(stack: Stack, messages: int = MESSAGES) -> None:
    """So many of `packets` in the history and in the inbox, nothing refused."""
    ledger = Ledger(stack.dsn, "e1")
    eventually(lambda: ledger.readings() >= messages, within_s=60, what="all are stored")
    assert ledger.readings() == messages
    rows = [row[:3] for row in ledger.rows_in_inbox()]
    assert len(rows) == len(set(rows)) == messages
    assert query(stack.dsn, "SELECT reason, detail FROM dead_letter") == []


def log_of(stack: Stack) -> str:
    log = stack.folder / "gateway.log"
    return log.read_text() if log.exists() else ""


def test_gateway_killed_in_the_middle_of_a_stream_loses_and_doubles_nothing(
    database: str, any_broker: Broker, tmp_path: Path
) -> None:
    with gateway(tmp_path, database, any_broker) as stack, Publisher(any_broker) as publisher:
        stream = packets()
        for part in range(4):
            for topic, payload in islice(stream, MESSAGES // 4):
                publisher.publish(topic, payload)
            floor = part * MESSAGES // 4
            ledger = Ledger(database, "e1")
            eventually(lambda: ledger.readings() > floor, within_s=30, what="the stream runs")  # noqa: B023
            stack.kill("gateway")
            stack.start(GATEWAY)
        publisher.drain()
        check_stored_once(stack)


def test_broker_killed_and_back_loses_nothing_that_it_kept(
    database: str, mosquitto: Broker, tmp_path: Path
) -> None:
    with gateway(tmp_path, database, mosquitto) as stack, Publisher(mosquitto) as publisher:
        stream = packets()
        for topic, payload in islice(stream, MESSAGES // 2):
            publisher.publish(topic, payload)
        eventually(Ledger(database, "e1").readings, what="the stream runs")
        mosquitto.stop()
        for topic, payload in stream:
            publisher.publish(topic, payload)
        mosquitto.start()
        publisher.drain()
        check_stored_once(stack)
        assert "broker_lost" in log_of(stack)


def check_all_and_one_more_stored(stack: Stack) -> None:
    """All of `packets`, 40 MB this time, and the one message sent before them."""
    ledger = Ledger(stack.dsn, "e1")
    eventually(lambda: ledger.readings() == MESSAGES + 1, within_s=60, what="all are stored")


def test_database_away_holds_the_broker_back_in_bounded_memory(
    any_broker: Broker, home: Path, tmp_path: Path
) -> None:
    postgres = EmbeddedPostgres(home, log=home / "postgres.log")
    postgres.start()
    try:
        with gateway(tmp_path, postgres.dsn(), any_broker, MQTT_WINDOW="200") as stack:
            process = psutil.Process(stack.pid("gateway"))
            publish(any_broker, next(packets()))
            eventually(Ledger(stack.dsn, "e1").readings, what="a first reading")
            before = process.memory_info().rss
            postgres.stop()
            publish(any_broker, *((topic, payload.ljust(2048)) for topic, payload in packets()))
            eventually(lambda: log_of(stack).count("database_lost") > 4, what="it is missed")
            assert process.memory_info().rss - before < 8 * 2**20
            postgres.start()
            check_all_and_one_more_stored(stack)
    finally:
        postgres.stop()


def test_start_without_a_database_waits_for_it(broker: Broker, home: Path, tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(home, log=home / "postgres.log")
    postgres.start()
    try:
        with gateway(tmp_path, postgres.dsn(), broker) as stack:
            stack.stop(GATEWAY)
            postgres.stop()
            publish(broker, next(packets()))
            starting = threading.Thread(target=stack.start, args=(GATEWAY,))
            starting.start()
            eventually(lambda: "database_lost" in log_of(stack), what="it is missed")
            assert starting.is_alive()
            postgres.start()
            starting.join()
            eventually(Ledger(stack.dsn, "e1").readings, what="the message is stored")
    finally:
        postgres.stop()


def test_stopped_gateway_keeps_its_session(
    database: str, any_broker: Broker, tmp_path: Path
) -> None:
    with gateway(tmp_path, database, any_broker) as stack:
        stack.stop(GATEWAY)
        publish(any_broker, *packets(FEW))
        stack.start(GATEWAY)
        check_stored_once(stack, FEW)


def test_orderly_stop_leaves_nothing_to_be_sent_again(
    database: str, any_broker: Broker, tmp_path: Path
) -> None:
    with gateway(tmp_path, database, any_broker) as stack:
        publish(any_broker, *islice(packets(), 3))
        eventually(lambda: Ledger(database, "e1").readings() == 3, what="they are stored")
        stack.stop(GATEWAY)
        assert "gateway_stopped" in log_of(stack)
        query(database, "DELETE FROM reading RETURNING 1")
        publish(any_broker, next(packets()))
        stack.start(GATEWAY)
        eventually(Ledger(database, "e1").readings, what="the next message is stored")
        assert Ledger(database, "e1").readings() == 1


def test_storm_of_nonsense_does_not_stop_the_good_readings(
    database: str, any_broker: Broker, tmp_path: Path
) -> None:
    nonsense = [
        (f"gatehouse/v1/{rest}", payload)
        for rest in ("e1/p0", "e1/p0/status", "e1/nobody", "e2/p0", "e1/éè")
        for payload in (b"\xff\0", b"[" * 9000, b'{"signals":{"pressure_mpa":NaN}}', b"{" * 99)
    ]
    with gateway(tmp_path, database, any_broker) as stack:
        stream = packets()
        for _ in range(5):
            publish(any_broker, *nonsense, *islice(stream, 100))
        eventually(lambda: Ledger(database, "e1").readings() == 500, what="the good are stored")
        eventually(
            lambda: query(database, "SELECT count(*) FROM dead_letter") == [(len(nonsense),)],
            what="every piece of nonsense is kept once",
        )
        assert stack.pid("gateway")


def test_device_registered_later_is_known_at_once(
    database: str, broker: Broker, tmp_path: Path
) -> None:
    with gateway(tmp_path, database, broker) as stack:
        payload = next(packets())[1]
        publish(broker, ("gatehouse/v1/e1/new", payload))
        eventually(lambda: query(stack.dsn, "SELECT 1 FROM dead_letter"), what="it is refused")
        seed(database, new="pressure")
        publish(broker, ("gatehouse/v1/e1/new", payload))
        eventually(Ledger(database, "e1").readings, what="it is stored")


def test_mqtt_5_is_spoken_where_the_broker_has_it_and_3_1_1_elsewhere(
    database: str, any_broker: Broker, tmp_path: Path
) -> None:
    with gateway(tmp_path, database, any_broker) as stack:
        version = "5" if any_broker.username else "3.1.1"
        assert f"mqtt={version}" in log_of(stack)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_either_version_over_tls_takes_a_stream(
    database: str, mosquitto: Broker, tmp_path: Path, version: str
) -> None:
    settings = {
        "MQTT_PORT": str(mosquitto.tls_port),
        "MQTT_TLS": "true",
        "MQTT_CA_FILE": str(mosquitto.ca_file),
        "MQTT_VERSION": version,
    }
    with gateway(tmp_path, database, mosquitto, **settings) as stack:
        publish(mosquitto, *packets(FEW))
        check_stored_once(stack, FEW)


def test_wrong_password_is_said_and_tried_again(
    database: str, mosquitto: Broker, tmp_path: Path
) -> None:
    stack = Stack(tmp_path, dsn=database, broker=mosquitto, settings={"MQTT_PASSWORD": "wrong"})

    def start() -> None:
        with pytest.raises(ServerNotReady):
            stack.start(GATEWAY)

    starting = threading.Thread(target=start)
    starting.start()
    try:
        eventually(lambda: log_of(stack).count("Not authorized") > 1, what="it is said twice")
    finally:
        stack.stop(GATEWAY)
        starting.join()


def test_gateways_of_one_group_share_the_messages(
    database: str, mosquitto: Broker, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    stacks: list[Stack] = []
    with ExitStack() as running:
        for folder in folders:
            settings = {"MQTT_SHARE_GROUP": "g", "MQTT_CLIENT_ID": folder.name}
            stacks.append(running.enter_context(gateway(folder, database, mosquitto, **settings)))
        publish(mosquitto, *packets(FEW))
        check_stored_once(stacks[0], FEW)
        assert query(
            database,
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gatehouse-gateway'",
        ) == [(2,)]
