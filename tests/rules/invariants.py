"""What must hold after every single step (the invariants of the design)."""

from dataclasses import dataclass, field

from rules.records.events import Event
from rules.records.notices import Notice
from rules.records.tickets import Ticket
from rules.state.state import State


@dataclass
class Ledger:
    """Remembers what a state cannot know: ids once given, and who was told."""

    born: set[str] = field(default_factory=set)
    told: set[tuple[str, str, int, str]] = field(default_factory=set)

    def check(self, state: State, events: list[Event]) -> None:
        """Raises AssertionError: the first invariant that does not hold."""
        for event in events:
            self._ids_are_never_reused(event)
            self._nobody_is_told_twice(event)
        alarms_have_incident_and_ticket(state)

    def _ids_are_never_reused(self, event: Event) -> None:
        if event.kind in ("alarm.raised", "incident.opened", "ticket.opened", "notice.requested"):
            assert event.record.id not in self.born, event
            self.born.add(event.record.id)

    def _nobody_is_told_twice(self, event: Event) -> None:
        if event.kind == "notice.requested":
            notice = event.record
            assert isinstance(notice, Notice)
            key = notice.incident_id, notice.template, notice.version, notice.household
            assert key not in self.told, event
            self.told.add(key)


def alarms_have_incident_and_ticket(state: State) -> None:
    """So no incident is closed with an alarm active, either: closed ones are not in the state.

    A suppressed alarm needs no action; it may have no incident.
    """
    for alarm in state.alarms.values():
        if alarm.incident_id is None:
            assert alarm.suppression is not None, f"{alarm.id} has no incident"
        else:
            assert alarm.incident_id in state.incidents, f"{alarm.id} has no open incident"
    for incident in state.incidents.values():
        assert incident.ticket_id in state.tickets, f"{incident.id} has no ticket"
        assert state.tickets[incident.ticket_id].incident_id == incident.id, incident
    for ticket in state.tickets.values():
        assert ticket.incident_id in state.incidents, f"{ticket.id} has no open incident"
        _clocks_stand_only_while_it_rests(ticket)
    assert not state.tickets.keys() & state.ended_tickets.keys()
    for ended in state.ended_tickets.values():
        assert not any(clock.running for clock in ended.clocks.values()), ended


def _clocks_stand_only_while_it_rests(ticket: Ticket) -> None:
    rests = ticket.state == "suspended"
    assert not (rests and ticket.klass == "emergency"), ticket
    rests = rests or ticket.halted_at is not None
    for clock in ticket.clocks.values():
        assert clock.stopped_at is None, ticket
        assert (clock.paused_at is not None) == (rests and clock.met_at is None), ticket
