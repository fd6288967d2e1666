"""A backtest's report for a person at a terminal."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from hub.backtest.report import Report
from rules.vocabulary.instant import SECOND, Instant, to_datetime
from rules.watching.backtest import Difference, Occurrence

SHOWN = 40
"""Differences in the table; the rest are counted."""


def table(report: Report, zone: tzinfo = UTC, *, shown: int = SHOWN) -> Iterator[str]:
    """Its lines: counts by rule, then what differs, in the estate's own time."""
    yield (
        f"{report.estate}, {_moment(report.from_at, zone)} to {_moment(report.to_at, zone)}: "
        f"{report.readings:,} readings of {report.points} points in {report.took_s:.1f} s"
    )
    yield ""
    yield from _rows(
        [("rule", "devices", "now", "tried", "added", "removed", "moved", "priority")]
        + [
            (
                f"{rule.id} (new)" if rule.is_new else rule.id,
                *map(
                    str,
                    (
                        rule.count.devices, rule.count.current, rule.count.tried,
                        rule.count.added, rule.count.removed, rule.count.moved,
                        rule.count.reprioritised,
                    ),
                ),
            )
            for rule in report.rules.values()
        ]
    )  # fmt: skip
    yield ""
    if not report.differences:
        yield "every alarm of this period comes out the same"
    else:
        yield from _rows(
            [("", "rule", "device", "now", "tried")]
            + [_difference(found, zone) for found in report.differences[:shown]]
        )
        if len(report.differences) > shown:
            yield f"and {len(report.differences) - shown:,} more; --json has them all"
    if report.silent_points:
        yield f"{report.silent_points} of {report.points} points have no reading in this time"
    yield from report.faults
    yield "judged are conditions and delays; what operators did and suppression are left out"


def _difference(found: Difference, zone: tzinfo) -> tuple[str, ...]:
    sign = {"added": "+", "removed": "-", "changed": "~"}[found.kind]
    shown = found.shown
    return sign, shown.rule, shown.device, _side(found.current, zone), _side(found.tried, zone)


def _side(occurrence: Occurrence | None, zone: tzinfo) -> str:
    if occurrence is None:
        return "no alarm"
    begins = f"{occurrence.priority} {_moment(occurrence.raised_at, zone)}"
    if occurrence.cleared_at is None:
        return f"{begins}, still there"
    return f"{begins} for {_span(occurrence.cleared_at - occurrence.raised_at)}"


def _moment(at: Instant, zone: tzinfo) -> str:
    moment: datetime = to_datetime(at).astimezone(zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _span(span: int) -> str:
    whole_s = round(span / SECOND)
    if whole_s < 120:
        return f"{whole_s} s"
    return f"{whole_s // 60} min" if whole_s < 7200 else f"{whole_s / 3600:.1f} h"


def _rows(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as their widest entry; what is only figures stands at the right."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(entry.isdigit() for entry in column[1:]) for column in columns]
    for row in rows:
        cells = zip(row, widths, right, strict=True)
        yield "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in cells).rstrip()
