"""An outbox as the engine leaves it, and messages for single channels."""

from collections.abc import Iterator, Set
from random import Random
from typing import Any

import pytest

from hub.clock import Clock, system_clock
from hub.dispatch.channel import Message
from hub.dispatch.channel_worker import ChannelWorker, Pace
from hub.dispatch.households.deliveries import HouseholdSide, NoticeContent
from hub.dispatch.households.routes import HouseholdRoutes
from hub.dispatch.provider_rate import ProviderRate
from hub.dispatch.router import Router
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.records.notices import Channel, Notice
from rules.vocabulary.text import Text
from store.database.connection import Pool, connect, open_pool
from store.estate.households import Reach
from store.notices.outbox import NoticeDelivery
from tests.rig.contacts import SEALER
from tests.rig.endpoints import Endpoint, endpoint
from tests.rig.estates import leak
from tests.rig.hubs import running_engine
from tests.rig.waiting import eventually

NOTICE = Notice(
    id="harbour-n7",
    estate="harbour",
    incident_id="harbour-i1",
    household="B1-01-01",
    template="LEAK",
    version=1,
    urgency="N2",
    wave=0,
    text=Text(en="Leak at 02-01.", zh="02-01漏水。"),
    state="queued",
    requested_at=1_790_000_000_000_000,
)


@pytest.fixture
def message() -> Message:
    side = HouseholdSide(SEALER)
    delivery = NoticeDelivery("harbour-n7/webhook", "harbour", NOTICE.id, "B1-01-01", "N2", 0, 1)
    written = side.written(delivery, NoticeContent(NOTICE, Reach(), None, enrolled=False))
    assert isinstance(written, Message)
    return written


@pytest.fixture
def receiver() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


@pytest.fixture
def outbox(estate: str) -> str:
    """Connection string of a database in which two notices wait to be sent; no engine runs.

    They are routed to the page and to the webhook; it is day in the estate.
    """

    def rows() -> int:
        with connect(estate, name="tests") as db:
            row = db.execute("SELECT count(*) FROM outbox").fetchone()
            assert row is not None
            return int(row[0])

    with running_engine(estate):
        leak(estate, now=system_clock())
        eventually(lambda: rows() == 2, what="two notices wait for the router")
    with open_pool(estate, name="tests", size=2) as pool:
        route(pool, {"resident_page", "webhook"}, clock=system_clock)
    return estate


def route(pool: Pool, channels: Set[Channel], *, clock: Clock) -> None:
    """Give what waits to its channels."""
    routes = HouseholdRoutes(RulebooksInForce(), channels)
    while Router(pool, routes, clock=clock, on_routed=lambda: None).dispatch():
        pass


ANY_PACE = Pace(("N1", "N2", "N3", "N4"), urgent=False)


def worker(
    pool: Pool,
    channel: Any,
    clock: Clock,
    *,
    pace: Pace = ANY_PACE,
    rate: ProviderRate | None = None,
) -> ChannelWorker[NoticeDelivery, NoticeContent]:
    """What sends notices by the channel."""
    return ChannelWorker(
        pool, channel, HouseholdSide(SEALER), pace, clock=clock, random=Random(1), rate=rate
    )


@pytest.fixture
def pool(outbox: str) -> Iterator[Pool]:
    with open_pool(outbox, name="tests", size=8) as pool:
        yield pool
