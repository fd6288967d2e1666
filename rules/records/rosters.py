"""The duty roster (排班表): who holds which role when (DOMAIN section 7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from rules.records.tickets import Role
from rules.vocabulary.fields import UserId
from rules.vocabulary.instant import DAY, Instant, from_datetime

LONGEST_SHIFT = 14 * DAY


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShiftEntry(_Part):
    """`user` holds `duty` from `from` until `until`, RFC 3339; `on_call`: away from the desk."""

    duty: Role
    user: UserId
    from_: Annotated[AwareDatetime, Field(alias="from")]
    until: AwareDatetime
    on_call: bool = False

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        lasts = from_datetime(self.until) - from_datetime(self.from_)
        if not 0 < lasts <= LONGEST_SHIFT:
            raise ValueError(
                f"until {self.until.isoformat()}: must be later than from, by "
                f"{LONGEST_SHIFT // DAY} days at most"
            )
        return self


class RosterFile(_Part):
    """A roster as it is entered; `neighbours` are users of the estate next door."""

    shifts: Annotated[list[ShiftEntry], Field(max_length=5_000)] = []
    neighbours: Annotated[list[UserId], Field(max_length=20)] = []


@dataclass(frozen=True, slots=True)
class Shift:
    duty: Role
    user: str
    from_at: Instant
    until_at: Instant
    on_call: bool = False

    def covers(self, at: Instant) -> bool:
        return self.from_at <= at < self.until_at


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody holds `duty` from `from_at` until `until_at`."""

    duty: Role
    from_at: Instant
    until_at: Instant


@dataclass(frozen=True, slots=True)
class Roster:
    """Shifts in order of their start. An estate whose roster is at version 0 has none yet."""

    version: int = 0
    shifts: tuple[Shift, ...] = ()
    neighbours: tuple[str, ...] = ()

    @staticmethod
    def parse(version: int, body: dict[str, Any]) -> "Roster":
        """A roster that was entered. Raises pydantic.ValidationError."""
        file = RosterFile.model_validate(body)
        shifts = (Shift(s.duty, s.user, _at(s.from_), _at(s.until), s.on_call) for s in file.shifts)
        ordered = sorted(shifts, key=lambda s: (s.from_at, s.duty, s.user))
        return Roster(version, tuple(ordered), tuple(file.neighbours))

    def on_duty(self, duty: Role, at: Instant) -> tuple[str, ...]:
        """Who holds `duty` at `at`: those on the estate first, then those on call."""
        return _unique(s.user for s in self.holding(at) if s.duty == duty)

    def everyone(self, at: Instant) -> tuple[str, ...]:
        """All who hold any duty at `at`."""
        return _unique(s.user for s in self.shifts if s.covers(at))

    def names(self, user: str) -> bool:
        """Whether `user` stands in the roster at all."""
        return user in self.neighbours or any(s.user == user for s in self.shifts)

    def holding(self, at: Instant) -> list[Shift]:
        """The shifts that hold at `at`, in the order in which their people are called."""
        return sorted((s for s in self.shifts if s.covers(at)), key=lambda s: s.on_call)

    def gaps(self, duties: Iterable[Role], from_at: Instant, until_at: Instant) -> list[Gap]:
        """When within the span one of `duties` is held by nobody, by their beginnings."""
        found = [gap for duty in duties for gap in self._gaps_of(duty, from_at, until_at)]
        return sorted(found, key=lambda gap: gap.from_at)

    def _gaps_of(self, duty: Role, from_at: Instant, until_at: Instant) -> Iterator[Gap]:
        held_until = from_at
        for shift in (s for s in self.shifts if s.duty == duty):
            if shift.from_at > held_until:
                yield Gap(duty, held_until, min(shift.from_at, until_at))
            held_until = max(held_until, shift.until_at)
            if held_until >= until_at:
                return
        yield Gap(duty, held_until, until_at)

    def next_change(self, after: Instant) -> Instant | None:
        """When somebody next begins or ends a duty."""
        bounds = (at for s in self.shifts for at in (s.from_at, s.until_at))
        return min((at for at in bounds if at > after), default=None)


def _at(moment: datetime) -> Instant:
    return from_datetime(moment)


def _unique(users: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(users))
