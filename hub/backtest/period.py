"""A period as a person types it."""

from datetime import datetime, tzinfo

from hub.backtest.errors import UnusablePeriod
from rules.vocabulary.instant import DAY, Instant, from_datetime

USUAL = 30 * DAY
"""Where no beginning is given."""


def period(from_: str, to: str, *, zone: tzinfo, now: Instant) -> tuple[Instant, Instant]:
    """From `from_` to before `to`: RFC 3339, or a date or time in `zone`.

    Without `to` until `now`, without `from_` for 30 days. Raises UnusablePeriod.
    """
    to_at = _instant("to", to, zone) if to else now
    return (_instant("from", from_, zone) if from_ else to_at - USUAL), to_at


def _instant(field: str, text: str, zone: tzinfo) -> Instant:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnusablePeriod(
            f"{field} {text!r}: write a date such as 2026-11-01, "
            "or a time such as 2026-11-01T08:00:00+08:00"
        ) from error
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))
