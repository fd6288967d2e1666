"""What every endpoint works with, made once per process."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from hub.auth import SignInThrottle
from hub.backtest import Backtests
from hub.clock import Clock
from hub.feed.feed import Feed
from hub.feed.progress import CommandProgress
from hub.sealing.keys import Keys
from hub.settings import HubSettings
from hub.versions.rulebook_in_force import RulebooksInForce
from store.database.connection import Pool

BASE = "/api/v1"
"""Where the API begins."""

CONTEXT = "gatehouse.context"
"""Where a request's scope has the context of the hub that serves it."""


@dataclass(frozen=True)
class Context:
    """The hub's parts, as endpoints see them."""

    settings: HubSettings
    pool: Pool
    feed: Feed
    progress: CommandProgress
    keys: Keys
    clock: Clock
    throttle: SignInThrottle = field(default_factory=SignInThrottle)
    backtests: Backtests = field(default_factory=Backtests)
    rulebooks: RulebooksInForce = field(default_factory=RulebooksInForce)


def _context(connection: HTTPConnection) -> Context:
    context: Context = connection.scope[CONTEXT]
    return context


Hub = Annotated[Context, Depends(_context)]
