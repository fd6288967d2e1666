"""Active alarms found by incident and by what holds them back."""

from collections import defaultdict

from rules.records.alarms import Alarm
from rules.state.by_field import ByField, by_incident
from rules.vocabulary.priority import Priority


class AlarmIndex:
    """Follows the active alarms of a state."""

    def __init__(self) -> None:
        self.by_incident = by_incident()
        self.by_holder = ByField(lambda alarm: (alarm.suppression,))
        self._standing: dict[str, dict[Priority, int]] = defaultdict(lambda: defaultdict(int))

    def change(self, id_: str, before: Alarm | None, after: Alarm | None) -> None:
        """`after` is active in the place of `before`; either may be None."""
        self.by_incident.change(id_, before, after)
        self.by_holder.change(id_, before, after)
        self._count(before, -1)
        self._count(after, +1)

    def severity(self, incident_id: str) -> Priority | None:
        """The priority of the gravest alarm of the incident that stands and is not suppressed."""
        counts = self._standing.get(incident_id, {})
        return min((priority for priority, n in counts.items() if n), default=None)

    def _count(self, alarm: Alarm | None, by: int) -> None:
        if alarm is not None and alarm.standing and alarm.suppression is None:
            self._standing[alarm.incident_id or ""][alarm.priority] += by
