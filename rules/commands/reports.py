"""What people report (报修、投诉), and further tickets for an incident."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from rules.commands.refused import Refused
from rules.commands.tasks import photos_of
from rules.commands.words import place_of
from rules.incidents.asked_for import open_further, take_report
from rules.records.tickets import Report, Role, TicketClass
from rules.rulebook.ticket_policy import Category
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

URGENCIES: tuple[TicketClass, ...] = ("urgent", "ordinary", "planned")
"""What a person who reports a repair may ask for."""


def _report(work: Work, command: Command) -> None:
    """A repair, told by telephone or on the household's page."""
    policy = work.state.rulebook.ticket_policy
    named = command.params.get("category", "")
    category = _need(policy.category(named), "category", named, policy.categories)
    klass = _class(command, URGENCIES, "urgency")
    report = Report("repair", category.id, _words(command), command.by, _household(work, command))
    _leave_room(work, command, report)
    take_report(
        work, report, category, klass, _place(work, command), photos=photos_of(command),
        by=command.by,
    )  # fmt: skip


def _complain(work: Work, command: Command) -> None:
    """A complaint: who (by id), what, and what is demanded; graded, it has clocks of its own."""
    policy = work.state.rulebook.ticket_policy
    grade, about = command.params.get("grade", "ordinary"), command.params.get("about") or None
    category = _need(policy.complaint(grade), "grade", grade, policy.complaints)
    known = work.state.incidents.keys() | work.state.closed_incidents.keys()
    if about is not None and about not in known:
        raise Refused("bad-about", f"about {about!r}: name an incident of the last days, or none")
    report = Report(
        "complaint", category.id, _words(command), command.by, _household(work, command),
        demand=command.params.get("demand", ""), about=about,
    )  # fmt: skip
    _leave_room(work, command, report)
    take_report(
        work, report, category, "complaint", _place(work, command), photos=photos_of(command),
        by=command.by,
    )  # fmt: skip


def _open(work: Work, command: Command) -> None:
    """One more ticket on an open incident, for another trade."""
    incident = work.state.incidents.get(command.target)
    if incident is None:
        raise Refused("not-open", f"incident {command.target} is closed")
    roles: tuple[Role, ...] = get_args(Role)
    role = next((r for r in roles if r == command.params.get("role")), None)
    if role is None:
        raise Refused("bad-role", f"role {command.params.get('role')!r}: use {', '.join(roles)}")
    title = command.params.get("title", "").strip()
    if not title:
        raise Refused("no-title", "title is missing: say what is to be done")
    klass = _class(command, ("emergency", *URGENCIES), "class")
    open_further(work, incident, klass, role, Text(title, title), by=command.by)


def _class(command: Command, allowed: tuple[TicketClass, ...], name: str) -> TicketClass:
    given = command.params.get(name, "")
    for klass in allowed:
        if klass == given:
            return klass
    raise Refused(f"bad-{name}", f"{name} {given!r}: use {', '.join(allowed)}")


def _need(found: Category | None, name: str, given: str, known: list[Category]) -> Category:
    if found is None:
        words = ", ".join(category.id for category in known)
        raise Refused(f"bad-{name}", f"{name} {given!r}: use {words}")
    return found


def _words(command: Command) -> str:
    words = command.params.get("words", "").strip()
    if not words:
        raise Refused("no-words", "words are missing: say what is wrong, and where")
    return words


def _household(work: Work, command: Command) -> str | None:
    household = command.params.get("household") or None
    if household is not None and household not in work.state.estate.households:
        raise Refused("bad-household", f"household {household!r}: not in this estate")
    return household


def _place(work: Work, command: Command) -> Place:
    """The place that is named, else the reporter's flat."""
    params, household = command.params, command.params.get("household", "")
    named = any(params.get(name) for name in ("building", "unit", "garage"))
    if not named and household in work.state.estate.units:
        params = {**params, "unit": household}
    return place_of(work, replace(command, params=params))


def _leave_room(work: Work, command: Command, report: Report) -> None:
    """A household's page takes only so many reports at once; the telephone takes all."""
    if command.role != "resident":
        return
    most = work.state.rulebook.ticket_policy.open_reports_per_household
    tickets = work.state.tickets.values()
    mine = [t for t in tickets if t.report and t.report.household == report.household]
    if len(mine) >= most:
        raise Refused(
            "too-many-reports", f"{most} reports of this household are open: call the desk instead"
        )


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    "ticket.report": _report,
    "ticket.complain": _complain,
    "ticket.open": _open,
}
