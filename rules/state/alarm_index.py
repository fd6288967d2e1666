"""Active alarms found by incident, so that a storm costs no search."""

from collections import defaultdict

from rules.records.alarms import Alarm
from rules.vocabulary.priority import Priority


class AlarmIndex:
    """Follows the active alarms of a state; holds ids in the order in which they came."""

    def __init__(self) -> None:
        self._of_incident: dict[str, dict[str, None]] = defaultdict(dict)
        self._standing: dict[str, dict[Priority, int]] = defaultdict(lambda: defaultdict(int))

    def change(self, before: Alarm | None, after: Alarm) -> None:
        """`after` takes the place of `before`, the same alarm if it was active."""
        if before is not None:
            self._count(before, -1)
            if before.incident_id != after.incident_id:
                self._of_incident[before.incident_id or ""].pop(before.id, None)
        if after.active:
            self._count(after, +1)
            self._of_incident[after.incident_id or ""][after.id] = None
        else:
            self._of_incident[after.incident_id or ""].pop(after.id, None)

    def drop(self, alarm: Alarm) -> None:
        """An alarm that never was."""
        self._count(alarm, -1)
        self._of_incident[alarm.incident_id or ""].pop(alarm.id, None)

    def of_incident(self, incident_id: str) -> list[str]:
        return list(self._of_incident.get(incident_id, ()))

    def severity(self, incident_id: str) -> Priority | None:
        """The priority of the gravest alarm of the incident that stands and is not suppressed."""
        counts = self._standing.get(incident_id, {})
        return min((priority for priority, n in counts.items() if n), default=None)

    def _count(self, alarm: Alarm, by: int) -> None:
        if alarm.standing and alarm.suppression is None:
            self._standing[alarm.incident_id or ""][alarm.priority] += by
