"""Operators, engineers and residents who act on what they see, and sometimes on what is not so."""

from random import Random

from rules.commands.alarms import AcknowledgeAlarm, ResetAlarm
from rules.commands.incidents import CloseIncident, ConfirmIncident
from rules.commands.tasks import CompleteTask, WaiveTask
from rules.commands.tickets import (
    AcceptTicket,
    ArriveOnSite,
    DispatchTicket,
    ResolveTicket,
    StartTicket,
)
from rules.records.notices import Channel, NoticeState
from rules.state.inputs import Command, Delivery, Ordered
from rules.state.state import State
from rules.vocabulary.instant import Instant

_CHANNELS: tuple[Channel, ...] = ("resident_page", "webhook")
_STATES: tuple[NoticeState, ...] = ("delivered", "read", "failed")


def act(state: State, now: Instant, chance: Random) -> list[Ordered | Delivery]:
    """A few commands and reports of delivery, most of them to the point."""
    deeds: list[Ordered | Delivery] = []
    if state.alarms and chance.random() < 0.3:
        alarm = chance.choice(sorted(state.alarms))
        deeds.append(_ordered(chance.choice((AcknowledgeAlarm(alarm), ResetAlarm(alarm)))))
    if state.incidents and chance.random() < 0.15:
        incident = chance.choice(sorted(state.incidents))
        asked = (
            ConfirmIncident(incident, "simulated"),
            CloseIncident(incident, "resolved", "simulated"),
            CloseIncident(incident, "false_alarm", "simulated"),
        )
        deeds.append(_ordered(chance.choice(asked)))
    if state.tickets and chance.random() < 0.3:
        deeds.append(_on_ticket(state, chance))
    if state.notices and chance.random() < 0.3:
        ids = chance.choices(sorted(state.notices), k=chance.randint(1, 5))
        channel = chance.choice(_CHANNELS)
        deeds.append(Delivery(ids, channel, chance.choice(_STATES), now))
    if chance.random() < 0.02:
        deeds.append(_ordered(AcknowledgeAlarm("nowhere-a1")))
    return deeds


def _on_ticket(state: State, chance: Random) -> Ordered:
    ticket = state.tickets[chance.choice(sorted(state.tickets))]
    id_ = ticket.id
    if ticket.tasks and chance.random() < 0.6:
        task = chance.choice([task.id for task in ticket.tasks])
        return _ordered(chance.choice((CompleteTask(id_, task), WaiveTask(id_, task, "simulated"))))
    steps: tuple[Command, ...] = (
        DispatchTicket(id_, "engineer"), AcceptTicket(id_), ArriveOnSite(id_), StartTicket(id_),
        ResolveTicket(id_, "simulated"),
    )  # fmt: skip
    return _ordered(chance.choice(steps))


def _ordered(command: Command) -> Ordered:
    return Ordered(command, "operator", "operator")
