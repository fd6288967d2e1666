"""`run`: the estate's devices, live, with the story on top, until they are told to stop."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator

from pydantic import BaseModel, Field, ValidationError

from rules.catalogue import device_types
from rules.estate.graph import Estate
from rules.vocabulary.instant import MINUTE, SECOND, Instant, seconds
from simulators.scenarios import load_scenario
from simulators.session import Broker
from simulators.stage import Stage
from simulators.story import Story
from simulators.switchboard import Switchboard
from simulators.timeline import Timeline, timeline

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE_S = 0.2


class HoldRequest(BaseModel):
    """A player's request that these devices be silent for `for_s` seconds."""

    devices: list[str]
    for_s: float = Field(ge=0, le=3600)


def wall_clock() -> Instant:
    return time.time_ns() // 1000


def run(
    estate: Estate,
    broker: Broker,
    *,
    seed: int,
    story: Story | None,
    stopping: threading.Event,
    clock: Callable[[], Instant] = wall_clock,
) -> None:
    """Play the estate until `stopping` is set, whether or not the broker is there.

    Raises ScenarioFault, EstateNotLoadable: before anything is said.
    """
    types = device_types()
    start = clock()
    stage = Stage(estate, types, seed, start)
    timelines = {p.scenario: _timeline(p.scenario, estate) for p in story.plays} if story else {}
    plays: Iterator[tuple[Instant, str]] = story.starts(start) if story else iter(())
    upcoming = next(plays, None)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    board = Switchboard(estate, types, broker, requests.put)
    board.start()
    _LOG.info("simulators_started estate=%s devices=%d", estate.id, len(estate.devices))
    try:
        while not stopping.is_set():
            now = clock()
            while not requests.empty():
                _hold(stage, requests.get(), now)
            while upcoming is not None and upcoming[0] <= now:
                _LOG.info("scenario_started scenario=%s", upcoming[1])
                stage.play(timelines[upcoming[1]], now)
                upcoming = next(plays, None)
            _speak(stage, board, now)
            pause_s = (stage.next_at - clock()) / SECOND
            stopping.wait(min(max(pause_s, 0.0), _LONGEST_PAUSE_S))
    finally:
        board.stop()
        _LOG.info("simulators_stopped estate=%s dropped=%d", estate.id, board.dropped)


def _timeline(name: str, estate: Estate) -> Timeline:
    return timeline(load_scenario(name), estate, device_types())


def _speak(stage: Stage, board: Switchboard, now: Instant) -> None:
    """Send what is due. What falls into a pause of this machine was never measured."""
    for word in stage.due(now):
        if word.ts > now - MINUTE or word.status is not None:
            board.say(word)


def _hold(stage: Stage, payload: bytes, now: Instant) -> None:
    try:
        request = HoldRequest.model_validate_json(payload)
    except ValidationError as error:
        _LOG.warning("hold_request_refused reason=%r", str(error))
        return
    stage.hold(request.devices, now, now + seconds(request.for_s))
