"""What a story is told with: people who act, devices that speak, channels that report."""

from typing import Any

import msgspec

from rules.commands import read
from rules.records.incidents import Incident
from rules.records.notices import Channel, NoticeState
from rules.state.inputs import Delivery, Ordered
from rules.vocabulary.instant import HOUR, SECOND, Instant, to_rfc3339
from rules.vocabulary.reading import Value
from tests.histories.recorder import Recorder, Said
from tests.rules.riverside import START

ROLES = {
    "engineer": "engineer", "plumber": "engineer", "manager": "manager",
    "household:B3-05-01": "resident",
}  # fmt: skip
"""Of those who are no operators."""


def says(device: str, **signals: Value) -> Said:
    return device, {n: v if isinstance(v, str) else float(v) for n, v in signals.items()}


class Teller:
    """Tells its recorder what people and channels do; they look at the state as it is by then."""

    def __init__(self) -> None:
        self.to = Recorder.of("riverside", START)
        self.after = self.to.after
        self.state = self.to.state

    def do(self, name: str, target: str, /, by: str = "desk", **params: str) -> None:
        """A person's command, ten seconds after what was before."""
        self.after(10, self.command(name, target, by, **params))

    def command(self, name: str, target: str, by: str = "desk", **params: str) -> Ordered:
        """As 0.1 wrote it: a name, and texts."""
        reason, role = params.pop("reason", ""), ROLES.get(by, "operator")
        written = {"name": name, "target": target, "reason": reason, "params": params}
        return read(msgspec.json.encode({**written, "by": by, "role": role}))

    def in_(self, hours: float) -> str:
        return to_rfc3339(self.to.now + round(hours * HOUR))

    def ago(self, seconds: float) -> Instant:
        return self.to.now - round(seconds * SECOND)

    def last(self, noun: str, **fields: Any) -> Any:
        """The newest record with these fields among those of a noun that the state holds."""
        return [r for r in getattr(self.state, noun).values()
                if all(getattr(r, n) == v for n, v in fields.items())][-1]  # fmt: skip

    def incident(self, kind: str) -> Incident:
        found: Incident = self.last("incidents", kind=kind)
        return found

    def acknowledge_and_reset(self, incident_id: str) -> None:
        alarms = [self.state.alarms[id_] for id_ in self.state.alarms_of(incident_id)]
        self.after(5, *(self.command("alarm.acknowledge", a.id) for a in alarms
                        if a.acknowledged_by is None))  # fmt: skip
        self.after(5, *(self.command("alarm.reset", id_)
                        for id_ in self.state.alarms_of(incident_id)))  # fmt: skip

    def work_through(self, ticket_id: str) -> None:
        """From wherever the ticket is to its verification."""
        self.do("ticket.dispatch", ticket_id, assignee="engineer")
        for verb in ("accept", "arrive", "start"):
            self.do(f"ticket.{verb}", ticket_id, by="engineer")
        self.do("ticket.resolve", ticket_id, by="engineer", reason="mended")
        self.do("ticket.verify", ticket_id, by="leader", outcome="passed")

    def waive_all(self, incident_id: str) -> None:
        tickets = [t for t in self.state.tickets.values() if t.incident_id == incident_id]
        self.after(5, *(
            self.command("ticket.waive_task", ticket.id, task=task.id, reason="not needed here")
            for ticket in tickets for task in ticket.tasks if task.state == "open"
        ))  # fmt: skip

    def close(
        self,
        incident_id: str,
        outcome: str = "resolved",
        cause: str = "other",
        reason: str = "over",
    ) -> None:
        """Whatever is left to do, and then the incident, unless it has ended by itself."""
        if incident_id not in self.state.incidents:
            return
        self.acknowledge_and_reset(incident_id)
        self.waive_all(incident_id)
        self.do("incident.close", incident_id, outcome=outcome, cause=cause, reason=reason)

    def notices(self, incident_id: str) -> list[str]:
        return [n.id for n in self.state.notices.values() if n.incident_id == incident_id]

    def deliver(self, ids: list[str], channel: Channel, state: NoticeState) -> None:
        self.after(2, Delivery(ids, channel, state, self.to.now))
