"""A device's event time as an instant."""

from typing import Any

from gateway.errors import UnusableTime
from rules.vocabulary.instant import (
    DAY,
    MICROSECOND,
    MILLISECOND,
    SECOND,
    Instant,
    from_rfc3339,
    to_rfc3339,
)

PLAUSIBLE = 400 * DAY
"""Further from the time of arrival than readings are kept, no clock is believed."""

_FIRST_OF_MILLISECONDS = 100_000_000_000
"""Numbers from here on are milliseconds: as seconds they would lie in the year 5138."""

_REMEDY = "send RFC 3339 with a zone, or seconds or milliseconds since 1970, or no ts"


def event_time(raw: Any, received_at: Instant) -> Instant:
    """`raw` as the flat form has it: RFC 3339 text, or seconds or milliseconds since 1970.

    Raises UnusableTime: neither of these, or more than `PLAUSIBLE` from `received_at`.
    """
    if isinstance(raw, str):
        try:
            at = from_rfc3339(raw.upper())
        except (ValueError, OverflowError) as error:
            raise UnusableTime(f"ts {raw[:80]!r}: {_REMEDY}") from error
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        unit = MILLISECOND if abs(raw) >= _FIRST_OF_MILLISECONDS else SECOND
        at = whole_microseconds(raw, unit)
    else:
        raise UnusableTime(f"ts {str(raw)[:80]!r}: {_REMEDY}")
    return plausible(at, received_at)


def whole_microseconds(value: float, unit: int) -> Instant:
    """`value` times `unit` microseconds. Raises UnusableTime: not a finite number."""
    try:
        return round(value * unit) * MICROSECOND
    except (ValueError, OverflowError) as error:
        raise UnusableTime(f"ts {value}: {_REMEDY}") from error


def plausible(at: Instant, received_at: Instant) -> Instant:
    """`at` itself. Raises UnusableTime: it is more than `PLAUSIBLE` from `received_at`."""
    if abs(at - received_at) > PLAUSIBLE:
        raise UnusableTime(
            f"ts {at / SECOND:.0f} s since 1970: more than {PLAUSIBLE // DAY} days from its "
            f"arrival at {to_rfc3339(received_at)}; set the device's clock, or send no ts"
        )
    return at
