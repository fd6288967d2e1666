"""What a person may do about who is told what."""

from typing import Annotated

from pydantic import Field, StringConstraints

from rules.commands.incidents import open_incident
from rules.commands.refused import Refused
from rules.notices import delivery, telling
from rules.records.notices import PENDING, Notice
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import Holds, Id, OptionalId, Reason, Time, Words
from rules.vocabulary.instant import MINUTE, to_rfc3339
from rules.vocabulary.text import Text

LONGEST_WORDS = 500
"""Characters of an update in one language: what a page and a message on a phone can show."""

Message = Annotated[
    str,
    Holds.WORDS,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_WORDS, pattern=r"^[^\x00]*$"
    ),
]

_MANAGERS = ("manager", "admin")


class AddHousehold(Command, frozen=True, tag="incident.add_household"):
    """Tell one more household: what was told so far, and all that follows."""

    incident: Id
    household: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = open_incident(work, self.incident)
        need_household(work, self.household)
        drill = work.state.drill_of(incident.id) if incident.drill else None
        if incident.drill and (drill is None or self.household not in drill.households):
            raise Refused(
                "not-enrolled", f"household {self.household} is not enrolled in the drill"
            )
        if self.household in incident.added:
            raise Refused("already-added", f"household {self.household} was added before")
        telling.add_household(work, incident, self.household, by=order.by, reason=self.reason)


class RemoveHousehold(Command, frozen=True, tag="incident.remove_household"):
    """Tell a household no further; what it has not got yet is withdrawn."""

    incident: Id
    household: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = open_incident(work, self.incident)
        need_household(work, self.household)
        if self.household in incident.removed:
            raise Refused("already-removed", f"household {self.household} was removed before")
        telling.remove_household(work, incident, self.household, by=order.by, reason=self.reason)


class SendUpdate(Command, frozen=True, tag="notice.send_update"):
    """Tell everyone on the incident's list how it goes on, 30 minutes after the last words.

    At once where life is at stake (DOMAIN section 6).
    """

    incident: Id
    en: Annotated[Message, Field(examples=["The clamp is on, we are testing the pressure."])]
    zh: Annotated[Message, Field(examples=["已抱箍，正在试压。"])]
    eta: Annotated[Time | None, Field(description="When it is expected to end.")] = None
    reason: Words = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        incident = open_incident(work, self.incident)
        told = telling.notices_of(work, incident.id)
        if not told and not incident.added:
            raise Refused(
                "nobody-told", f"nobody was told of incident {incident.id}: add households"
            )
        apart = round(work.state.rulebook.notice_policy.updates_apart_min * MINUTE)
        may_again_at = (incident.updated_at or work.now - apart) + apart
        if work.now < may_again_at and not any(n.urgency == "N1" for n in told):
            raise Refused(
                "too-soon",
                f"the last update went out at {to_rfc3339(incident.updated_at or 0)}: "
                f"send the next one from {to_rfc3339(may_again_at)} on",
            )
        if self.eta is not None and self.eta <= work.now:
            raise Refused(
                "bad-eta", f"eta {to_rfc3339(self.eta)}: this time is over, give a later one"
            )
        words = Text(self.en, self.zh)
        telling.tell_update(
            work, incident, words, eta_at=self.eta, by=order.by, reason=self.reason
        )  # fmt: skip


class ApproveNotices(Command, frozen=True, tag="notice.approve"):
    """Let waiting notices go out: as their manager, or by night to a flat being damaged now.

    Those of `template`, to one household only where it is named.
    """

    incident: Id
    template: Id
    reason: Reason
    household: OptionalId = None

    def carry_out(self, work: Work, order: Ordered) -> None:
        notices = _held(work, self.incident, self.template, self.household)
        _need_manager(notices, order, "approved")
        loud = [n for n in notices if n.state == "waiting" and n.urgency not in ("N1", "N2")]
        if loud:
            raise Refused(
                "not-urgent", f"{loud[0].template} waits for the morning: it is no damage"
            )
        for notice in notices:
            delivery.approve(work, notice, by=order.by, reason=self.reason)


class RejectNotices(Command, frozen=True, tag="notice.reject"):
    """Withdraw waiting notices of `template`, to one household only where it is named."""

    incident: Id
    template: Id
    reason: Reason
    household: OptionalId = None

    def carry_out(self, work: Work, order: Ordered) -> None:
        notices = _held(work, self.incident, self.template, self.household)
        _need_manager(notices, order, "rejected")
        delivery.withdraw(work, notices, by=order.by, reason=self.reason)


class TickOffNotice(Command, frozen=True, tag="notice.tick_off"):
    """Say that somebody told the household at its door, all that it was sent; and what it said."""

    notice: Id
    reason: Annotated[Words, Field(alias="note")] = ""

    def carry_out(self, work: Work, order: Ordered) -> None:
        notice = work.state.notices.get(self.notice)
        if notice is None:
            raise Refused("not-open", f"notice {self.notice} is closed")
        if notice.reached_by is not None:
            raise Refused(
                "already-reached", f"the household has it already, by {notice.reached_by}"
            )
        if notice.state in (*PENDING, "withdrawn"):
            raise Refused(
                "not-sent", f"notice {notice.id} is {notice.state}: there is nothing to tell"
            )
        for told in telling.notices_of(work, notice.incident_id):
            is_sent = told.state not in (*PENDING, "withdrawn")
            if told.household == notice.household and told.reached_by is None and is_sent:
                delivery.tick_off(work, told, by=order.by, reason=self.reason)


def need_household(work: Work, household: str) -> None:
    """Raises Refused: it is not in the estate."""
    if household not in work.state.estate.households:
        raise Refused(
            "no-household",
            f"household {household!r} is not in this estate: use an id such as B3-12-03",
        )


def _held(work: Work, incident: str, template: str, household: str | None) -> list[Notice]:
    found = [
        notice
        for notice in telling.notices_of(work, incident)
        if notice.template == template
        and delivery.is_held(notice, work.now)
        and notice.state not in ("withdrawn", "read")
        and household in (None, notice.household)
    ]
    if not found:
        whom = f" to {household}" if household else ""
        raise Refused("none-held", f"no notice {template!r}{whom} of incident {incident} waits")
    return found


def _need_manager(notices: list[Notice], order: Ordered, done: str) -> None:
    if order.role not in _MANAGERS and any(n.state == "awaiting_approval" for n in notices):
        raise Refused("manager-only", f"notices of this incident are {done} by the manager")
