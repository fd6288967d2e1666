"""The parts of the report on paper, in the order in which they are read."""

from collections.abc import Iterable, Sequence

from reportlab.platypus import Flowable, Spacer

from hub.reports.drill_section import drill_section
from hub.reports.layout import Sheet, money
from hub.reports.lines import TaskLine
from hub.reports.report import IncidentReport
from rules.vocabulary.text import Text


def sections(report: IncidentReport, sheet: Sheet) -> list[Flowable]:
    """Everything but the photos."""
    parts = (
        _head, _drill, _cause, _clocks, _tasks, _notices, _damages, _costs, _measures, _aftercare,
        _alarms, _people, _timeline,
    )  # fmt: skip
    return [flowable for part in parts for flowable in part(report, sheet)]


def _head(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    if report.drill:
        yield sheet.warning(sheet.label("drill"))
    yield sheet.title(sheet.say(report.title))
    if not report.finished:
        yield sheet.warning(sheet.label("provisional"))
    yield Spacer(0, 6)
    plan = f"{report.plan} · {sheet.label('version', n=str(report.plan_version))}"
    rules = sorted({(a.rule, a.rule_version) for a in report.alarms})
    yield sheet.facts(
        [
            ("place", sheet.say(report.place)),
            ("level", report.level),
            ("opened", report.opened),
            ("outcome", _or_dash(report.outcome, sheet)),
            ("closed", report.closed or "–"),
            ("lasted", _or_dash(report.lasted, sheet)),
            ("plan", plan if report.plan else "–"),
            (
                "rules",
                "\n".join(f"{id_} · {sheet.label('version', n=str(n))}" for id_, n in rules) or "–",
            ),
            ("zone", report.timezone),
        ]
    )


def _drill(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    return () if report.scored is None else drill_section(report.scored, sheet)


def _cause(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("cause")
    if report.cause is None:
        yield sheet.small(sheet.label("nothing"))
    else:
        cause = report.cause
        yield sheet.body(sheet.named(sheet.say(cause.part), cause.words))
        yield sheet.small(f"{cause.recorded} · {cause.by}")
    if report.conclusion:
        yield from sheet.heading("conclusion")
        yield sheet.body(report.conclusion)


def _clocks(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("clocks")
    yield from sheet.table(
        ("ticket", "clock", "due", "done", "margin", "state"),
        (3, 2, 4, 4, 3, 2),
        [
            (
                c.ticket, sheet.say(c.name), c.due, c.done or "–", _or_dash(c.margin, sheet),
                sheet.say(c.state),
            )
            for c in report.clocks
        ],
        late=[c.late for c in report.clocks],
    )  # fmt: skip


def _tasks(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("tasks")
    yield from _task_table(report.tasks, sheet)


def _aftercare(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("aftercare")
    yield from _task_table(report.aftercare, sheet)


def _task_table(tasks: Sequence[TaskLine], sheet: Sheet) -> list[Flowable]:
    return sheet.table(
        ("duty", "task", "due", "done", "by", "state", "note"),
        (2.1, 5, 2.4, 2.4, 2, 1.7, 4),
        [
            (
                sheet.say(task.duty),
                _joined(sheet.say(task.title), task.household),
                task.due or "–",
                task.done or "–",
                task.by or "–",
                sheet.say(task.state),
                _joined(task.note, _score(task, sheet)),
            )
            for task in tasks
        ],
        late=[task.late for task in tasks],
    )


def _score(task: TaskLine, sheet: Sheet) -> str | None:
    return None if task.score is None else sheet.named(sheet.label("score"), f"{task.score}/5")


def _notices(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("notices")
    figures = report.notices
    rows = [
        (line.template, str(line.requested), str(line.delivered), str(line.read))
        for line in figures.by_template
    ]
    if rows:
        requested, delivered, read = figures.requested, figures.delivered, figures.read
        rows.append((sheet.label("all"), str(requested), str(delivered), str(read)))
    yield from sheet.table(("template", "requested", "delivered", "read"), (3, 2, 2, 2), rows)
    if rows:
        yield sheet.small(sheet.named(sheet.label("reach"), _or_dash(figures.reach_95, sheet)))


def _damages(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("damages")
    rows = [
        (
            line.household,
            "\n".join(f"{item.words} {money(item.cost_fen)}" for item in line.items),
            money(line.cost_fen),
            money(line.offer_fen),
            sheet.label("yes" if line.signed else "no"),
        )
        for line in report.damages
    ]
    if rows:
        sums = money(report.damages_fen), money(report.offers_fen)
        rows.append((sheet.label("all"), "", *sums, ""))
    yield from sheet.table(
        ("flat", "item", "cost", "offer", "signed"), (2.4, 6, 2.4, 2.4, 1.6), rows
    )


def _costs(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("costs")
    rows = [
        (line.ticket, line.words, f"{line.quantity:g} {line.unit}", money(line.cost_fen), line.by)
        for line in report.costs
    ]
    if rows:
        rows.append((sheet.label("all"), "", "", money(report.costs_fen), ""))
    yield from sheet.table(("ticket", "item", "quantity", "cost", "by"), (3, 6, 2, 2.4, 2.2), rows)


def _measures(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("measures")
    yield from sheet.table(
        ("phase", "measure", "owner", "due", "state", "note"),
        (1.6, 6, 2.4, 2.3, 1.8, 4),
        [
            (
                sheet.say(m.phase), m.words, sheet.say(m.owner), m.due, sheet.say(m.state),
                _joined(m.note, m.done),
            )
            for m in report.measures
        ],
        late=[m.late for m in report.measures],
    )  # fmt: skip


def _alarms(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("alarms")
    yield from sheet.table(
        ("alarm", "place", "priority", "rule", "raised", "acknowledged", "cleared"),
        (3, 3.6, 1.5, 3, 2.6, 2.6, 2.6),
        [
            (
                _joined(sheet.say(a.title), sheet.label("first_out") if a.first_out else None),
                sheet.say(a.place),
                a.priority,
                f"{a.rule} · {a.rule_version}",
                a.raised,
                _joined(a.acknowledged or "–", a.acknowledged_by),
                a.cleared or "–",
            )
            for a in report.alarms
        ],
    )


def _people(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("people")
    yield from sheet.table(
        ("user", "role", "deeds"),
        (2.4, 2.4, 12),
        [
            (
                person.user,
                sheet.say(person.role),
                "\n".join(
                    sheet.say(deed.words) + (f" ×{deed.times}" if deed.times > 1 else "")
                    for deed in person.did
                ),
            )
            for person in report.people
        ],
    )


def _timeline(report: IncidentReport, sheet: Sheet) -> Iterable[Flowable]:
    yield from sheet.heading("timeline")
    yield from sheet.table(
        ("time", "event", "by", "note"),
        (3, 7, 2.6, 5),
        [(m.time, sheet.say(m.words), sheet.say(m.by), m.note) for m in report.timeline],
    )


def _or_dash(text: Text | None, sheet: Sheet) -> str:
    return sheet.say(text) if text else "–"


def _joined(first: str, second: str | None) -> str:
    return "\n".join(part for part in (first, second) if part)
