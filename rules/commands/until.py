"""Times until when something may be so."""

from rules.commands.refused import Refused
from rules.state.work import Work
from rules.vocabulary.instant import HOUR, Instant, to_rfc3339


def need_end_within(work: Work, until_at: Instant, most_h: float) -> None:
    """Raises Refused: `until_at` is over, or more than `most_h` hours from now."""
    if until_at <= work.now:
        raise Refused(
            "bad-until", f"until {to_rfc3339(until_at)}: this time is over, give a later one"
        )
    if until_at - work.now > most_h * HOUR:
        raise Refused(
            "bad-until",
            f"until {to_rfc3339(until_at)}: at most {most_h:g} hours from now are allowed",
        )
