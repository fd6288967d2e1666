"""What the report of a leak is made of, played through the rules from alarm to measure."""

from hub.reports import Sources
from rules.commands.alarms import AcknowledgeAlarm
from rules.commands.incidents import CloseIncident, RaiseLevel
from rules.commands.reviews import (
    AddMeasure,
    CompleteReviewTask,
    FinishReview,
    RecordCause,
    RecordDamage,
)
from rules.commands.tasks import AddEffort, WaiveTask
from rules.commands.tickets import AcceptTicket, ArriveOnSite, DispatchTicket, StartTicket
from rules.records.events import Event
from rules.records.reviews import DamageItem
from rules.records.tickets import Ticket
from rules.state.inputs import Command
from rules.vocabulary.instant import DAY
from rules.vocabulary.text import Text
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, reading

ITEMS = (DamageItem("厨房吊顶 ceiling", 120_000),)
TICKET, REVIEW = "riverside-t1", "riverside-r1"
PHOTO = "a" * 64


def played() -> Timeline:
    """A leak of level III in 05-01 that is over; its review is finished, one measure is open."""
    timeline = Timeline()
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(40, RaiseLevel("riverside-i1", level="III", reason="3 flats"))
    timeline.at(60, DispatchTicket(TICKET, "engineer"), AcceptTicket(TICKET))
    timeline.at(60, ArriveOnSite(TICKET), StartTicket(TICKET))
    timeline.at(90, AddEffort(TICKET, "part", "hose", 1.0, "pc", 3580))
    timeline.at(100, reading("b3-05-01-kitchen-leak", wet=0))
    timeline.at(300, AcknowledgeAlarm("riverside-a1"))
    for task in timeline.ticket().tasks:
        timeline.at(310, WaiveTask("riverside-t1", task=task.id, reason="seen"))
    timeline.at(400, CloseIncident("riverside-i1", outcome="resolved", reason="hose changed"))
    until_at = START + 30 * DAY
    for order in (
        RecordDamage(REVIEW, "B3-04-01", ITEMS, offer_fen=100_000, photos=(PHOTO,)),
        RecordCause(REVIEW, "burst hose", "owner"),
        AddMeasure(REVIEW, "act", "renew hoses", "CS", until_at),
        CompleteReviewTask(REVIEW, "call-back-B3-04-01", note="content", score=4),
    ):
        _later(timeline, order)
    left = [t.id for t in timeline.state.reviews["riverside-r1"].tasks if t.state == "open"]
    for task_id in left:
        _later(timeline, CompleteReviewTask(REVIEW, task_id, note="seen"))
    _later(timeline, FinishReview(REVIEW, "hoses are to be renewed"))
    return timeline


def sources_of(timeline: Timeline) -> Sources:
    state = timeline.state
    return Sources(
        estate=Text("Riverside", "滨河苑"),
        timezone="Asia/Shanghai",
        incident=timeline.incident(),
        tickets=_newest(timeline.events),
        alarms=timeline.alarms(),
        notices=list(state.notices.values()),
        reviews=list(state.reviews.values()),
        events=timeline.events,
        roles={"operator": "operator"},
        now=timeline.now,
    )


def _later(timeline: Timeline, order: Command) -> None:
    timeline.at((timeline.now - START) / 1e6 + 10, order)


def _newest(events: list[Event]) -> list[Ticket]:
    found = {e.record.id: e.record for e in events if isinstance(e.record, Ticket)}
    return list(found.values())
