"""How drills are scored and how often they are held, as the catalogue gives it (DOMAIN 8)."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.records.drills import DrillKind, PartName
from rules.vocabulary.text import Text


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScoreTarget(_Part):
    """`weight` points where it is reached within `within_s` seconds of the drill.

    Without a time the share that was reached counts, in full from `share` (0 to 1) on.
    """

    weight: Annotated[float, Field(gt=0)]
    within_s: Annotated[float, Field(gt=0)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] = 1.0


class DrillWords(_Part):
    """What is said when a drill is stopped: to those who take part, and to households."""

    stop_staff: Text
    stop_households: Text


class Frequency(_Part):
    """A drill of one of `plans` and `kinds`, both empty for any, is held every `every_days`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    plans: list[str] = []
    kinds: list[DrillKind] = []
    every_days: Annotated[int, Field(ge=1)]
    source: str

    def met_by(self, plan: str, kind: DrillKind) -> bool:
        """Whether a drill of this plan and kind counts. Nothing is practised at a table alone."""
        if kind not in (self.kinds or ("functional", "full_scale", "unannounced")):
            return False
        return not self.plans or plan in self.plans


class DrillPolicy(_Part):
    """`score` holds a target for each part; its weights are of 100 together."""

    source: str
    score: dict[PartName, ScoreTarget]
    words: DrillWords
    frequencies: list[Frequency]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = {"acknowledge", "dispatch", "arrive", "notify", "tasks", "proof"} - set(
            self.score
        )
        if missing:
            raise ValueError(f"score: {', '.join(sorted(missing))} is missing; add its weight")
        total = sum(target.weight for target in self.score.values())
        if abs(total - 100) > 1e-6:
            raise ValueError(f"score: the weights are {total:g} together; make them 100")
        timed: tuple[PartName, ...] = ("acknowledge", "dispatch", "arrive", "notify")
        for name in timed:
            if self.score[name].within_s is None:
                raise ValueError(f"score.{name}: within_s is missing; give the seconds")
        return self
