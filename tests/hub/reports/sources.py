"""What the report of a leak is made of, played through the rules from alarm to measure."""

from hub.reports import Sources
from rules.records.events import Event
from rules.records.tickets import Ticket
from rules.vocabulary.instant import DAY, to_rfc3339
from rules.vocabulary.text import Text
from tests.rules.riverside import START
from tests.rules.timeline import Timeline, command, reading

ITEMS = '[{"words":"厨房吊顶 ceiling","cost_fen":120000}]'
PHOTO = "a" * 64


def played() -> Timeline:
    """A leak of level III in 05-01 that is over; its review is finished, one measure is open."""
    timeline = Timeline()
    timeline.at(0, reading("b3-05-01-kitchen-leak", wet=1))
    timeline.at(40, command("incident.raise_level", "riverside-i1", level="III", reason="3 flats"))
    for name in ("dispatch", "accept", "arrive", "start"):
        timeline.at(60, command(f"ticket.{name}", "riverside-t1", assignee="engineer"))
    effort = {"kind": "part", "words": "hose", "quantity": "1", "unit": "pc", "cost_fen": "3580"}
    timeline.at(90, command("ticket.add_effort", "riverside-t1", **effort))
    timeline.at(100, reading("b3-05-01-kitchen-leak", wet=0))
    timeline.at(300, command("alarm.acknowledge", "riverside-a1"))
    for task in timeline.ticket().tasks:
        timeline.at(310, command("ticket.waive_task", "riverside-t1", task=task.id))
    timeline.at(400, command("incident.close", "riverside-i1", reason="hose changed"))
    damage = {"household": "B3-04-01", "items": ITEMS, "offer_fen": "100000", "photos": PHOTO}
    _review(timeline, "record_damage", **damage)
    _review(timeline, "record_cause", words="burst hose", part="owner")
    until = to_rfc3339(START + 30 * DAY)
    _review(timeline, "add_measure", phase="act", words="renew hoses", owner="CS", until=until)
    _review(timeline, "complete_task", task="call-back-B3-04-01", score="4", note="content")
    left = [t.id for t in timeline.state.reviews["riverside-r1"].tasks if t.state == "open"]
    for task_id in left:
        _review(timeline, "complete_task", task=task_id)
    _review(timeline, "finish", reason="hoses are to be renewed")
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


def _review(timeline: Timeline, name: str, **params: str) -> None:
    at_s = (timeline.now - START) / 1e6 + 10
    timeline.at(at_s, command(f"review.{name}", "riverside-r1", **params))


def _newest(events: list[Event]) -> list[Ticket]:
    found = {e.record.id: e.record for e in events if isinstance(e.record, Ticket)}
    return list(found.values())
