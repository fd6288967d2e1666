"""The demo's story: which shipped scenario plays when, over and over."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from rules.vocabulary.instant import Instant
from simulators.scenario import Duration

_FILE = Path(__file__).with_name("story.yaml")


class Play(BaseModel):
    """One scenario, so long after the story's start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Duration
    scenario: str


class Story(BaseModel):
    """The plays, and how long after one start the next follows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repeats_after: Duration
    plays: list[Play]

    def starts(self, begin: Instant) -> Iterator[tuple[Instant, str]]:
        """(start, scenario) in order and without end, from `begin` on."""
        plays = sorted(self.plays, key=lambda play: play.at)
        while True:
            yield from ((begin + play.at, play.scenario) for play in plays)
            begin += self.repeats_after


def load_story() -> Story:
    return Story.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))
