"""What a drill's report begins with on paper: scope, score, what was missed, what was seen."""

from collections.abc import Iterable

from reportlab.platypus import Flowable

from hub.reports.layout import Sheet
from hub.reports.lines import DrillLine


def drill_section(drill: DrillLine, sheet: Sheet) -> Iterable[Flowable]:
    """Everything that only a drill has."""
    yield from sheet.heading("drill_scope")
    yield sheet.facts(
        [
            ("drill_title", drill.title),
            ("drill_kind", sheet.say(drill.kind)),
            ("drill_leader", drill.leader),
            ("drill_stood", sheet.say(drill.stood) if drill.stood else "–"),
            ("drill_participants", "\n".join(map(sheet.say, drill.participants)) or "–"),
            ("drill_households", ", ".join(drill.households) or "–"),
        ]
    )
    yield from sheet.heading("drill_score")
    if drill.void is not None:
        yield sheet.warning(
            sheet.label("drill_void", time=drill.void, why=sheet.say(drill.void_why))
        )
    elif drill.total is not None:
        yield sheet.body(sheet.label("drill_total", n=str(drill.total)))
    yield from sheet.table(
        ("part_name", "target", "reached", "when", "points", "state"),
        (4, 2.4, 2.4, 3.4, 2, 2.4),
        [
            (
                sheet.say(line.name),
                sheet.say(line.target),
                sheet.say(line.reached) if line.reached else "–",
                line.when or "–",
                f"{line.points:g} / {line.weight:g}",
                sheet.say(line.state),
            )
            for line in drill.scores
        ],
        late=[line.missed for line in drill.scores],
    )
    yield from sheet.heading("drill_remarks")
    yield from sheet.table(
        ("time", "by", "note"),
        (3, 2.6, 11),
        [(remark.time, remark.by, remark.words) for remark in drill.remarks],
    )
