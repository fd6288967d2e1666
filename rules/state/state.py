"""The state of one estate: what its inbox adds up to. Only `rules.step` changes it."""

from dataclasses import dataclass, field
from typing import Any

from rules.estate.graph import Estate
from rules.records import nouns
from rules.records.alarms import Alarm
from rules.records.callouts import Callout, Escalation
from rules.records.drills import GOING_ON, Drill
from rules.records.events import DeviceStatus, Event, Record, SystemAlarm
from rules.records.floods import AlarmFlood
from rules.records.handovers import Handover
from rules.records.incidents import Incident
from rules.records.notices import Notice
from rules.records.noun import Noun
from rules.records.reviews import Review
from rules.records.rosters import Roster
from rules.records.suppressions import Suppression
from rules.records.tickets import Ticket
from rules.rulebook.plan import Plan
from rules.rulebook.rulebook import Rulebook
from rules.state.alarm_index import AlarmIndex
from rules.state.by_field import ByField, by_incident
from rules.state.timers import Timers
from rules.vocabulary.instant import DAY, MINUTE, NEVER, SECOND, Instant
from rules.vocabulary.reading import Row
from rules.watching.watch import Watch
from rules.watching.watches import Watches

DERIVED = frozenset(
    {
        "rulebook", "estate", "watches", "timers", "incident_ids", "indexes", "recent",
        "begun_anew",
    }
)  # fmt: skip
"""Fields of the state that a snapshot works out again, or keeps in a form of its own."""

NOTICES_KEPT = 7 * DAY
"""How long after its incident closed a notice may still be marked as read."""

BEHIND = 2 * SECOND
"""Readings whose newest is older than this are a backlog that is being caught up."""

AWAY = 30 * SECOND
"""A deadline that fires so much later than due shows that nobody was listening meanwhile."""

HOLD = SECOND
"""So long after a part of a backlog the next part is waited for."""


@dataclass(slots=True)
class Indexes:
    """What finds standing records without a search, by the word of their noun."""

    alarm: AlarmIndex = field(default_factory=AlarmIndex)
    ticket: ByField = field(default_factory=by_incident)
    callout: ByField = field(default_factory=by_incident)
    suppression: ByField = field(default_factory=lambda: ByField(lambda held: held.devices))

    def change(self, word: str, id_: str, before: Any, after: Any) -> None:
        """`after` stands in the place of `before`; either may be None."""
        index = getattr(self, word, None)
        if index is not None:
            index.change(id_, before, after)


@dataclass(slots=True)
class State:
    """Active alarms, open incidents and tickets, and notices that may still be answered.

    `settled` are alarms that have been normal for so short a time that they may come back, and
    those that are first-out of an open incident;
    `numbers` holds the last number given to each noun; `evidence`, by incident, the event time
    of each device's newest evidence; `told`, by incident, `template/version/household` → notice;
    `lately_told`, by household, when those of the last two days went out that save no life.
    `heard_at` is the newest event time so far; until `held_until` the clock goes no further than
    that. `late` holds, by watch, the alarms of conditions that late readings told of; they are
    judged at `late_until`. `waiting` are readings that give earlier ones time to come, the first
    of them until `waiting_until`. `annunciated` are the times of the newest alarms. `awake_at`
    is when readings or the clock were last taken in.

    `handover` is the one that waits to be accepted.

    `callouts` are those that wait for an answer. `unanswered` holds, by alarm, since when it waits
    for an acknowledgement; `escalations`, by incident, how far upward that was handed.

    `drills` are those that are planned or going on.

    `recent` is what happened since the clock was last taken in, which ends every batch.

    `ended_tickets` and `closed_incidents` may still be reopened. `reviews` are those that are open,
    or have a measure that is.

    `rulebook_body` is the rulebook in force as data; empty, at version 0, while the estate has
    only ever known the shipped one. `superseded_plans`, by `id/version`, are those that an open
    incident began with.

    `unseen` are the system alarms of P1 that nobody has seen yet.

    `others` are the records, by noun, of those that have no field of their own here.

    `begun_anew` are the keys of the watches that lost their memory as the state was restored.

    Every field is kept in a snapshot, except those of `DERIVED`.
    """

    estate_id: str
    rulebook: Rulebook
    estate: Estate
    estate_version: int
    watches: Watches
    estate_file: dict[str, Any] = field(default_factory=dict)
    rulebook_version: int = 0
    rulebook_body: dict[str, Any] = field(default_factory=dict)
    superseded_plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    ended_tickets: dict[str, Ticket] = field(default_factory=dict)
    closed_incidents: dict[str, Incident] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    callouts: dict[str, Callout] = field(default_factory=dict)
    drills: dict[str, Drill] = field(default_factory=dict)
    handover: Handover | None = None
    roster: Roster = field(default_factory=Roster)
    roster_gaps: dict[str, Instant] = field(default_factory=dict)
    unanswered: dict[str, Instant] = field(default_factory=dict)
    escalations: dict[str, Escalation] = field(default_factory=dict)
    devices: dict[str, DeviceStatus] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, dict[str, Instant]] = field(default_factory=dict)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    lately_told: dict[str, list[Instant]] = field(default_factory=dict)
    settled: dict[str, Alarm] = field(default_factory=dict)
    suppressions: dict[str, Suppression] = field(default_factory=dict)
    flood: AlarmFlood | None = None
    annunciated: list[Instant] = field(default_factory=list)
    late: dict[str, Alarm] = field(default_factory=dict)
    late_until: Instant = 0
    waiting: list[Row] = field(default_factory=list)
    waiting_until: Instant = NEVER
    heard_at: Instant = 0
    held_until: Instant = 0
    awake_at: Instant = 0
    timers: Timers = field(default_factory=Timers)
    recent: list[Event] = field(default_factory=list)
    incident_ids: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, SystemAlarm] = field(default_factory=dict)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    indexes: Indexes = field(default_factory=Indexes)
    begun_anew: list[str] = field(default_factory=list)

    @staticmethod
    def empty(estate_id: str, rulebook: Rulebook) -> "State":
        """Before the first `estate` input: no devices, so nothing can happen."""
        nothing = Estate.nothing(estate_id)
        return State(estate_id, rulebook, nothing, 0, Watches(nothing, rulebook))

    def heard(self, newest: Instant, now: Instant) -> None:
        """Note how far the readings have come, and whether more of a backlog is to be expected."""
        self.heard_at = max(self.heard_at, newest)
        self.held_until = now + HOLD if now - self.heard_at > BEHIND else 0

    def clock(self, now: Instant) -> Instant:
        """The time up to which deadlines fire.

        While a backlog comes in, that is its own time: what happened between two readings is
        not known before both are here.
        """
        return now if now >= self.held_until else min(now, self.heard_at)

    def next_due(self) -> Instant:
        """When the clock next has something to fire."""
        due = self.watches.next_due()
        if due > self.heard_at:
            due = max(due, self.held_until)
        if self.late:
            due = min(due, self.late_until)
        return min(due, self.waiting_until, self.timers.next_due())

    def wait(self, row: Row, until: Instant) -> None:
        """Judge `row` at `until`, in its place among those that come before then.

        Rows of a batch come in order, so that a repeated one follows the first.
        """
        if not self.waiting or self.waiting[-1][:3] != row[:3]:
            self.waiting.append(row)
        self.waiting_until = min(self.waiting_until, until)

    def alarm_of(self, watch: Watch) -> Alarm | None:
        """The alarm that `watch` raised, while it is active."""
        return self.alarms.get(watch.alarm_id)

    def plan_of(self, incident: Incident) -> Plan | None:
        """The plan of an incident, in the version that it began with."""
        superseded = self.superseded_plans.get(f"{incident.plan}/{incident.plan_version}")
        if superseded is not None:
            return Plan.model_validate(superseded)
        return self.rulebook.plans.get(incident.plan or "")

    def drill_of(self, incident_id: str) -> Drill | None:
        """The drill that goes on in this incident."""
        drills = (d for d in self.drills.values() if d.state in GOING_ON)
        return next((d for d in drills if d.incident_id == incident_id), None)

    def alarms_of(self, incident_id: str) -> list[str]:
        """Ids of the incident's active alarms, in the order in which they became active."""
        return self.indexes.alarm.by_incident.of(incident_id)

    def work_out_indexes(self) -> None:
        """Find again what stands, in a state that was read whole."""
        self.indexes = Indexes()
        for noun in [noun for noun in nouns.NOUNS if noun.held]:
            for id_, record in self.standing(noun).items():
                self.indexes.change(noun.word, id_, None, record)
        self.incident_ids = {
            key: i.id for i in self.incidents.values() for key in (i.key, *i.merged_keys)
        }

    def incident_with(self, key: str) -> Incident | None:
        """The open incident that groups alarms with `key`."""
        return self.incidents.get(self.incident_ids.get(key, ""))

    def new_id(self, letter: str) -> str:
        """The next id of a noun, such as `riverside-a17`: unique over all estates."""
        number = self.numbers.get(letter, 0) + 1
        self.numbers[letter] = number
        return f"{self.estate_id}-{letter}{number}"

    def put(self, record: Record) -> None:
        """Make `record` the current one of its id; drop what is over; keep its deadlines."""
        noun = nouns.of_record(type(record))
        before, stands = self.standing(noun).get(record.id), noun.stands(record)
        self.indexes.change(noun.word, record.id, before, record if stands else None)
        due = noun.deadlines(record)
        for kind, target in noun.deadlines(before).keys() - due.keys() if before else ():
            self.timers.cancel(kind, target)
        for (kind, target), due_at in due.items():
            self.timers.set(kind, target, due_at)
        if noun.alone:
            setattr(self, noun.held, record if stands else None)
        else:
            _keep(self.standing(noun), record.id, record, stands)
        if noun.then_held:
            _keep(getattr(self, noun.then_held), record.id, record, not stands)
        self._forget_in_time(record)

    def drop(self, record: Record) -> None:
        """Undo `put` of a record that never was."""
        noun = nouns.of_record(type(record))
        if noun.alone:
            setattr(self, noun.held, None)
        else:
            before = self.standing(noun).pop(record.id, None)
            self.indexes.change(noun.word, record.id, before, None)

    def standing(self, noun: Noun) -> dict[str, Any]:
        """The records of `noun` that stand, by id."""
        if not noun.held:
            return self.others.setdefault(noun.word, {})
        held = getattr(self, noun.held)
        if noun.alone:
            return {} if held is None else {held.id: held}
        table: dict[str, Any] = held
        return table

    def _forget_in_time(self, record: Record) -> None:
        """Let go of what has ended, once it can no longer be taken up again."""
        match record:
            case Alarm() if not record.active:
                self.timers.set("forget_alarm", record.id, self.reopens_until(record))
            case Ticket() if record.closed_at is not None:
                until = self.may_reopen_until(record.closed_at)
                self.timers.set("forget_ticket", record.id, until)
            case Incident():
                self._follow_incident(record)

    def may_reopen_until(self, closed_at: Instant) -> Instant:
        """Until when what was closed then can be taken up again under its number."""
        return closed_at + round(self.rulebook.ticket_policy.reopen_within_days * DAY)

    def tickets_of(self, incident_id: str) -> list[Ticket]:
        """The incident's tickets that have not ended, oldest first."""
        return [self.tickets[id_] for id_ in self.indexes.ticket.of(incident_id)]

    def reopens_until(self, settled: Alarm) -> Instant:
        """Until when a condition that is raised again brings back its alarm, which is normal."""
        within = round(self.rulebook.alarm_handling.reopen_within_min * MINUTE)
        return (settled.cleared_at or 0) + within

    def _follow_incident(self, incident: Incident) -> None:
        for key in (incident.key, *incident.merged_keys):
            _keep(self.incident_ids, key, incident.id, incident.state == "open")
        if incident.closed_at is not None:
            self.evidence.pop(incident.id, None)
            self.timers.set("forget_notices", incident.id, incident.closed_at + NOTICES_KEPT)
            until = self.may_reopen_until(incident.closed_at)
            self.timers.set("forget_incident", incident.id, until)
            if incident.first_out in self.settled:
                self.timers.set("forget_alarm", incident.first_out, incident.closed_at)

    def forget_notices(self, incident_id: str) -> None:
        """Let go of the notices of an incident that closed `NOTICES_KEPT` ago."""
        for notice_id in self.told.pop(incident_id, {}).values():
            self.notices.pop(notice_id, None)


def _keep(table: dict[str, Any], key: str, value: Any, wanted: bool) -> None:
    if wanted:
        table[key] = value
    else:
        table.pop(key, None)
