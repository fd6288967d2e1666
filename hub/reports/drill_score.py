"""The drill's own part of a report: its scope, its score, what was missed, what was seen; pure."""

from zoneinfo import ZoneInfo

from hub.reports.lines import DrillLine, RemarkLine, ScoreLine
from hub.reports.words import span, word
from rules.records.drills import Drill, ScorePart
from rules.vocabulary.instant import Instant, seconds, to_datetime
from rules.vocabulary.text import Text

_SHARES = frozenset({"tasks", "proof"})
"""Parts that are a share of what there was to do; the others are times."""


def scored(drill: Drill, zone: ZoneInfo) -> DrillLine:
    """The drill as page and PDF show it, in local time."""
    score = drill.score
    void_at = drill.void_from_at
    return DrillLine(
        id=drill.id,
        kind=word("drill_kind", drill.kind),
        title=drill.title,
        leader=drill.leader,
        participants=tuple(
            word("takes_part", "one", user=one.user, duty=word("duty", one.duty))
            for one in drill.participants
        ),
        households=drill.households,
        stood=span(seconds(drill.stood_s)) if drill.stood_s else None,
        total=score.total if score else None,
        void=_local(void_at, zone) if void_at is not None else None,
        void_why=_why(drill.void_why),
        scores=tuple(_part(part, zone) for part in score.parts) if score else (),
        remarks=tuple(RemarkLine(_local(r.noted_at, zone), r.by, r.words) for r in drill.remarks),
    )


def _part(part: ScorePart, zone: ZoneInfo) -> ScoreLine:
    if not part.applies:
        state = "nothing_to_do"
    elif part.void:
        state = "void"
    else:
        state = "reached" if part.points >= part.weight else "missed"
    return ScoreLine(
        name=word("score", part.name),
        target=_figure(part, part.target),
        reached=None if part.reached is None else _figure(part, part.reached),
        when=None if part.reached_at is None else _local(part.reached_at, zone),
        points=part.points,
        weight=part.weight,
        state=word("score_state", state),
        missed=state == "missed",
    )


def _figure(part: ScorePart, value: float) -> Text:
    if part.name in _SHARES:
        return word("span", "share", n=f"{100 * value:.0f}")
    return span(seconds(value))


def _why(reason: str) -> Text:
    code, _, record = reason.partition(":")
    return word("void", code, id=record) if code == "real_first" else Text(reason, reason)


def _local(at: Instant, zone: ZoneInfo) -> str:
    return to_datetime(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
