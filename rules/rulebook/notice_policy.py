"""When and how households are told, as the catalogue gives it (DOMAIN section 6): the data's form.

What follows from it for one notice is worked out by pure functions of the time and what the
household was told lately.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from rules.records.incidents import IncidentKind
from rules.records.notices import Channel, Urgency
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant, from_datetime, to_datetime


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChannelStep(_Part):
    """`channel` from `after_s` seconds on; `unless_reached`: only where nobody has it by then."""

    channel: Channel
    after_s: float = Field(default=0, ge=0)
    unless_reached: bool = False


class UrgencyPolicy(_Part):
    """The channels in order. `optional`: a household may refuse them, except its own page.

    After `door_after_min` minutes whoever is not known to have it is knocked at; None: never.
    """

    optional: bool
    steps: list[ChannelStep]
    door_after_min: Annotated[float, Field(gt=0)] | None = None


class Rate(_Part):
    """What a provider takes: `per_s` messages a second, `burst` at once."""

    per_s: float = Field(gt=0)
    burst: int = Field(ge=2)


def _no_number(value: Any) -> Any:
    """YAML reads an unquoted 22:00 as 1320, which would be a time too: 00:22."""
    if isinstance(value, int | float):
        raise ValueError('write the time in quotes, such as "22:00"')
    return value


TimeOfDay = Annotated[
    time,
    BeforeValidator(_no_number),
    WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$", "examples": ["22:00"]}),
]
"""On the estate's clock, so without the offset that JSON Schema's own format `time` demands."""


class NoticePolicy(_Part):
    """Times are the estate's own; `silent_channels` carry a notice in the quiet hours too."""

    source: str
    quiet_from: TimeOfDay
    quiet_until: TimeOfDay
    silent_channels: list[Channel]
    most_per_day: int = Field(ge=1)
    updates_apart_min: float = Field(ge=0)
    approved_by_manager: list[IncidentKind]
    urgencies: dict[Urgency, UrgencyPolicy]
    rates: dict[Channel, Rate]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = {"N1", "N2", "N3", "N4"} - self.urgencies.keys()
        if missing:
            raise ValueError(f"urgencies: {', '.join(sorted(missing))} is missing; add its steps")
        return self


class Slot(NamedTuple):
    """The first time at which a notice may disturb, and the reason code of a delay."""

    at: Instant
    reason: str


def first_slot(
    policy: NoticePolicy, urgency: Urgency, *, now: Instant, zone: str, lately: Sequence[Instant]
) -> Slot:
    """When a notice of `urgency` may go out to a household whose last ones went at `lately`.

    Only N1 goes out in the quiet hours, and beyond so many a day.
    """
    if urgency == "N1":
        return Slot(now, "")
    tz = ZoneInfo(zone)
    slot = Slot(_after_quiet(policy, now, tz), reasons.QUIET_HOURS)
    while _told_on_day(slot.at, lately, tz) >= policy.most_per_day:
        slot = Slot(_next_morning(policy, slot.at, tz), reasons.ENOUGH_FOR_TODAY)
    return slot if slot.at > now else Slot(now, "")


def _after_quiet(policy: NoticePolicy, at: Instant, tz: ZoneInfo) -> Instant:
    """`at`, or the end of the quiet hours that it lies in."""
    local = to_datetime(at).astimezone(tz)
    clock, begin, end = local.time(), policy.quiet_from, policy.quiet_until
    if begin > end:
        if end <= clock < begin:
            return at
        day = local.date() + timedelta(days=clock >= begin)
    else:
        if not begin <= clock < end:
            return at
        day = local.date()
    return from_datetime(datetime.combine(day, end, tz))


def _next_morning(policy: NoticePolicy, at: Instant, tz: ZoneInfo) -> Instant:
    tomorrow = to_datetime(at).astimezone(tz).date() + timedelta(days=1)
    return from_datetime(datetime.combine(tomorrow, policy.quiet_until, tz))


def _told_on_day(at: Instant, lately: Sequence[Instant], tz: ZoneInfo) -> int:
    day = to_datetime(at).astimezone(tz).date()
    return sum(to_datetime(told).astimezone(tz).date() == day for told in lately)
