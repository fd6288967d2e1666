"""Operators, engineers and residents who act on what they see, and sometimes on what is not so."""

from random import Random

from rules.records.notices import Channel, NoticeState
from rules.state.inputs import Command, Delivery
from rules.state.state import State
from rules.vocabulary.instant import Instant

_TICKET_VERBS = ("dispatch", "accept", "arrive", "start", "resolve")
_CHANNELS: tuple[Channel, ...] = ("resident_page", "webhook")
_STATES: tuple[NoticeState, ...] = ("delivered", "read", "failed")


def act(state: State, now: Instant, chance: Random) -> list[Command | Delivery]:
    """A few commands and reports of delivery, most of them to the point."""
    deeds: list[Command | Delivery] = []
    if state.alarms and chance.random() < 0.3:
        alarm = chance.choice(sorted(state.alarms))
        deeds.append(_command(f"alarm.{chance.choice(('acknowledge', 'reset'))}", alarm))
    if state.incidents and chance.random() < 0.15:
        incident = chance.choice(sorted(state.incidents))
        verb = chance.choice(("confirm", "close"))
        outcome = chance.choice(("resolved", "false_alarm", "nonsense"))
        deeds.append(_command(f"incident.{verb}", incident, outcome=outcome))
    if state.tickets and chance.random() < 0.3:
        deeds.append(_on_ticket(state, chance))
    if state.notices and chance.random() < 0.3:
        ids = chance.choices(sorted(state.notices), k=chance.randint(1, 5))
        channel = chance.choice(_CHANNELS)
        deeds.append(Delivery(ids, channel, chance.choice(_STATES), now))
    if chance.random() < 0.02:
        deeds.append(_command(chance.choice(("alarm.acknowledge", "alarm.dance")), "nowhere-a1"))
    return deeds


def _on_ticket(state: State, chance: Random) -> Command:
    ticket = state.tickets[chance.choice(sorted(state.tickets))]
    if ticket.tasks and chance.random() < 0.6:
        task = chance.choice([task.id for task in ticket.tasks])
        verb = chance.choice(("complete_task", "waive_task"))
        return _command(f"ticket.{verb}", ticket.id, task=task)
    return _command(f"ticket.{chance.choice(_TICKET_VERBS)}", ticket.id, assignee="engineer")


def _command(name: str, target: str, **params: str) -> Command:
    return Command(name, target, by="operator", role="operator", reason="simulated", params=params)
