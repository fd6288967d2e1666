"""One example of each record, for the API's description: a flat that floods the ones below."""

from typing import Any

from rules.records.alarms import Alarm, AlarmState
from rules.records.callouts import Callout
from rules.records.drills import Drill, Participant
from rules.records.events import Refusal
from rules.records.floods import AlarmFlood
from rules.records.handovers import Handover
from rules.records.incidents import Incident
from rules.records.json_form import as_json
from rules.records.notices import Notice
from rules.records.reviews import AftercareTask, Damage, DamageItem, Finding, Measure, Review
from rules.records.suppressions import Suppression
from rules.records.tickets import Clock, Task, Ticket, TicketState, ValveAdvice
from rules.vocabulary.instant import HOUR, MINUTE, from_rfc3339
from rules.vocabulary.place import Place
from rules.vocabulary.text import Text

_AT = from_rfc3339("2026-07-01T02:30:00Z")

_KITCHEN = Place(
    text=Text(en="Block 3, flat 05-01, kitchen", zh="3栋05-01厨房"),
    building="B3",
    floor=5,
    unit="B3-05-01",
    riser="R1",
)

ALARM = Alarm(
    id="riverside-a17",
    estate="riverside",
    device="b3-05-01-kitchen",
    signal="wet",
    rule="leak-flat",
    rule_version=1,
    priority="P3",
    state=AlarmState.UNACKNOWLEDGED,
    latching=False,
    title=Text(en="Water leak", zh="漏水"),
    advice=Text(en="Call the flat; send an engineer to the valve.", zh="致电住户，派工程关阀。"),
    place=_KITCHEN,
    value=1.0,
    unit="",
    source="engineering default",
    raised_at=_AT,
    incident_id="riverside-i4",
    first_out=True,
)

INCIDENT = Incident(
    id="riverside-i4",
    estate="riverside",
    kind="pipe",
    key="pipe B3 R1",
    level="IV",
    confirmed=True,
    state="open",
    title=Text(en="Water leak", zh="漏水"),
    place=_KITCHEN,
    plan="pipe",
    plan_version=1,
    opened_at=_AT,
    alarm_count=1,
    ticket_id="riverside-t4",
    first_out="riverside-a17",
)

TICKET = Ticket(
    id="riverside-t4",
    estate="riverside",
    incident_id="riverside-i4",
    klass="urgent",
    priority="P3",
    state=TicketState.NEW,
    title=Text(en="Water leak", zh="漏水"),
    place=_KITCHEN,
    opened_at=_AT,
    clocks={"accept": Clock(due_at=_AT + 15 * MINUTE), "respond": Clock(due_at=_AT + 120 * MINUTE)},
    tasks=(
        Task(
            id="close-valve",
            role="EN",
            title=Text(en="Close the valve", zh="关闭阀门"),
            proof=Text(en="Photo, valve id", zh="照片、阀门编号"),
            due_at=_AT + 10 * MINUTE,
        ),
    ),
    valves=(
        ValveAdvice(id="B3-V1", place=Text(en="Pipe shaft, floor 1", zh="1层管井"), isolates=18),
    ),
)

NOTICE = Notice(
    id="riverside-n310",
    estate="riverside",
    incident_id="riverside-i4",
    household="B3-04-01",
    template="LEAK",
    version=1,
    urgency="N2",
    wave=0,
    text=Text(en="Leak at 05-01. Please check your rooms.", zh="05-01漏水，请检查房间。"),
    state="queued",
    requested_at=_AT,
)

CALLOUT = Callout(
    id="riverside-c9",
    estate="riverside",
    incident_id="riverside-i4",
    ticket_id="riverside-t4",
    user="engineer",
    duty="EN",
    level="L2",
    why="unanswered",
    priority="P3",
    text=Text(
        en="P3 Water leak, Block 3, flat 05-01, kitchen. Nobody has answered.",
        zh="P3 漏水，3栋05-01厨房。尚无人应答。",
    ),
    place=_KITCHEN,
    requested_at=_AT + 15 * MINUTE,
    called_at=_AT + 15 * MINUTE,
    state="delivered",
    delivered_at=_AT + 15 * MINUTE,
)

HANDOVER = Handover(
    id="riverside-h12",
    estate="riverside",
    outgoing="desk-1",
    incoming="desk-2",
    proposed_at=_AT,
    state="accepted",
    keys="valve keys 1 to 9 in the box; plant room key with engineer-1",
    radios="4 of 4, charged",
    alarms=("riverside-a17",),
    incidents=("riverside-i3",),
    tickets=("riverside-t3",),
    ended_at=_AT,
)

DRILL = Drill(
    id="riverside-d1",
    estate="riverside",
    kind="functional",
    title="Leak in building 3",
    plan="PIPE",
    level="III",
    place=_KITCHEN,
    state="planned",
    leader="leader",
    made_by="manager",
    made_at=_AT,
    planned_at=_AT + 48 * HOUR,
    participants=(Participant("engineer", "EN"),),
    households=("B3-04-01",),
)

REVIEW = Review(
    id="riverside-r1",
    estate="riverside",
    incident_id="riverside-i4",
    ticket_id="riverside-t4",
    state="open",
    opened_at=_AT + HOUR,
    tasks=(
        AftercareTask(
            id="review",
            role="PM",
            title=Text(en="Review the incident.", zh="召开复盘会。"),
            due_at=_AT + 121 * HOUR,
        ),
    ),
    cause=Finding(
        words="burst hose of the washing machine",
        part="owner",
        by="manager",
        recorded_at=_AT + 2 * HOUR,
    ),
    damages=(
        Damage(
            household="B3-04-01",
            items=(DamageItem("ceiling of the kitchen", 120_000),),
            by="operator",
            recorded_at=_AT + 2 * HOUR,
            offer_fen=100_000,
        ),
    ),
    measures=(
        Measure(
            id="m1",
            phase="act",
            words="tell owners to renew hoses after ten years",
            owner="CS",
            due_at=_AT + 720 * HOUR,
        ),
    ),
)

SUPPRESSION = Suppression(
    id="riverside-s2",
    estate="riverside",
    kind="shelved",
    devices=("b3-05-01-kitchen",),
    rules=("leak-flat",),
    place=_KITCHEN.text,
    by="operator",
    reason="floor is being washed",
    since_at=_AT,
    until_at=_AT + 30 * MINUTE,
)

FLOOD = AlarmFlood(id="riverside-f1", estate="riverside", began_at=_AT, count=11)

REFUSAL = Refusal(
    id="riverside-a17",
    estate="riverside",
    command="alarm.acknowledge",
    code="already-acknowledged",
    detail="alarm riverside-a17 was acknowledged by operator",
)

EVENT: dict[str, Any] = {
    "seq": 4711,
    "estate": "riverside",
    "kind": "alarm.raised",
    "at": as_json(ALARM)["raised_at"],
    "by": "rule:leak-flat",
    "reason": "",
    "record": as_json(ALARM),
}

EXAMPLES = (
    ALARM,
    INCIDENT,
    TICKET,
    NOTICE,
    CALLOUT,
    DRILL,
    HANDOVER,
    REVIEW,
    SUPPRESSION,
    FLOOD,
    REFUSAL,
)
