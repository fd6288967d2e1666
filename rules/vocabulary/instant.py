"""Time inside the core: integer microseconds since the Unix epoch, UTC.

An `Instant` is exact, compares fast, and equals PostgreSQL's `timestamptz` to the last digit.
Every field that holds one ends in `_at`.
"""

from datetime import UTC, datetime, timedelta

Instant = int

NEVER: Instant = 2**62
"""A deadline that never comes."""

MICROSECOND = 1
MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(value: float) -> int:
    """`value` seconds as a whole number of microseconds."""
    return round(value * SECOND)


def to_datetime(at: Instant) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware `moment`. Raises ValueError: `moment` has no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"time {moment.isoformat()} has no zone: give one, such as Z or +08:00")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_rfc3339(at: Instant) -> str:
    """`at` in RFC 3339, UTC, always with six fractional digits: sorts as text, round-trips."""
    return to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_rfc3339(text: str) -> Instant:
    return from_datetime(datetime.fromisoformat(text))
