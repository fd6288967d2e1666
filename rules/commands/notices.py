"""What a person may do about who is told what."""

from rules.commands.refused import Refused
from rules.commands.words import need_reason
from rules.notices import delivery, telling
from rules.records.incidents import Incident
from rules.records.notices import PENDING, Notice
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.instant import MINUTE, Instant, from_rfc3339, to_rfc3339
from rules.vocabulary.text import Text

LONGEST_WORDS = 500
"""Characters of an update in one language: what a page and a message on a phone can show."""


def _incident(work: Work, command: Command) -> Incident:
    incident = work.state.incidents.get(command.target)
    if incident is None:
        raise Refused("not-open", f"incident {command.target} is closed")
    return incident


def _add_household(work: Work, command: Command) -> None:
    incident, household = _incident(work, command), _household(work, command)
    reason = need_reason(command, "say why the household is concerned")
    drill = work.state.drill_of(incident.id) if incident.drill else None
    if incident.drill and (drill is None or household not in drill.households):
        raise Refused("not-enrolled", f"household {household} is not enrolled in the drill")
    if household in incident.added:
        raise Refused("already-added", f"household {household} was added before")
    telling.add_household(work, incident, household, by=command.by, reason=reason)


def _remove_household(work: Work, command: Command) -> None:
    incident, household = _incident(work, command), _household(work, command)
    reason = need_reason(command, "say why the household is not concerned")
    if household in incident.removed:
        raise Refused("already-removed", f"household {household} was removed before")
    telling.remove_household(work, incident, household, by=command.by, reason=reason)


def _household(work: Work, command: Command) -> str:
    household = command.params.get("household", "")
    if household not in work.state.estate.households:
        raise Refused(
            "no-household",
            f"household {household!r} is not in this estate: use an id such as B3-12-03",
        )
    return household


def _send_update(work: Work, command: Command) -> None:
    """Updates come 30 minutes apart, except where life is at stake (DOMAIN section 6)."""
    incident = _incident(work, command)
    words = Text(_words(command, "en"), _words(command, "zh"))
    told = telling.notices_of(work, incident.id)
    if not told and not incident.added:
        raise Refused("nobody-told", f"nobody was told of incident {incident.id}: add households")
    apart = round(work.state.rulebook.notice_policy.updates_apart_min * MINUTE)
    may_again_at = (incident.updated_at or work.now - apart) + apart
    if work.now < may_again_at and not any(n.urgency == "N1" for n in told):
        raise Refused(
            "too-soon",
            f"the last update went out at {to_rfc3339(incident.updated_at or 0)}: "
            f"send the next one from {to_rfc3339(may_again_at)} on",
        )
    telling.tell_update(
        work, incident, words, eta_at=_eta(work, command), by=command.by, reason=command.reason
    )


def _words(command: Command, language: str) -> str:
    words = command.params.get(language, "").strip()
    if not words:
        raise Refused("no-words", f"{language} is missing: say it in English and in Chinese")
    if len(words) > LONGEST_WORDS:
        raise Refused(
            "too-long", f"{language} has {len(words)} characters: use {LONGEST_WORDS} at the most"
        )
    return words


def _eta(work: Work, command: Command) -> Instant | None:
    text = command.params.get("eta", "")
    if not text:
        return None
    try:
        eta_at = from_rfc3339(text)
    except ValueError as error:
        raise Refused(
            "bad-eta", f"eta {text!r}: give a time such as 2026-01-31T08:00:00Z"
        ) from error
    if eta_at <= work.now:
        raise Refused("bad-eta", f"eta {text}: this time is over, give a later one")
    return eta_at


def _approve(work: Work, command: Command) -> None:
    """A manager's word, or in the quiet hours the shift leader's for a flat being damaged now."""
    notices = _held(work, command)
    reason = need_reason(command, "say why it may go out")
    if command.role not in _MANAGERS and any(n.state == "awaiting_approval" for n in notices):
        raise Refused("manager-only", "notices of this incident are approved by the manager")
    loud = [n for n in notices if n.state == "waiting" and n.urgency not in ("N1", "N2")]
    if loud:
        raise Refused("not-urgent", f"{loud[0].template} waits for the morning: it is no damage")
    for notice in notices:
        delivery.approve(work, notice, by=command.by, reason=reason)


def _reject(work: Work, command: Command) -> None:
    notices = _held(work, command)
    reason = need_reason(command, "say what is wrong with it")
    if command.role not in _MANAGERS and any(n.state == "awaiting_approval" for n in notices):
        raise Refused("manager-only", "notices of this incident are rejected by the manager")
    delivery.withdraw(work, notices, by=command.by, reason=reason)


_MANAGERS = ("manager", "admin")


def _held(work: Work, command: Command) -> list[Notice]:
    """The notices of `template` that wait; of one household only, where the command names it."""
    template, household = command.params.get("template", ""), command.params.get("household")
    found = [
        notice
        for notice in telling.notices_of(work, command.target)
        if notice.template == template
        and delivery.is_held(notice, work.now)
        and notice.state not in ("withdrawn", "read")
        and household in (None, notice.household)
    ]
    if not found:
        whom = f" to {household}" if household else ""
        raise Refused(
            "none-held", f"no notice {template!r}{whom} of incident {command.target} waits"
        )
    return found


def _tick_off(work: Work, command: Command) -> None:
    """Somebody knocked, and told a person of the household all that it was sent."""
    notice = work.state.notices.get(command.target)
    if notice is None:
        raise Refused("not-open", f"notice {command.target} is closed")
    if notice.reached_by is not None:
        raise Refused("already-reached", f"the household has it already, by {notice.reached_by}")
    if notice.state in (*PENDING, "withdrawn"):
        raise Refused("not-sent", f"notice {notice.id} is {notice.state}: there is nothing to tell")
    for told in telling.notices_of(work, notice.incident_id):
        is_sent = told.state not in (*PENDING, "withdrawn")
        if told.household == notice.household and told.reached_by is None and is_sent:
            delivery.tick_off(work, told, by=command.by, reason=command.reason)


HANDLERS = {
    "incident.add_household": _add_household,
    "incident.remove_household": _remove_household,
    "notice.send_update": _send_update,
    "notice.approve": _approve,
    "notice.reject": _reject,
    "notice.tick_off": _tick_off,
}
